"""Snippets of other languages and frameworks, answered without them and without executing them."""
