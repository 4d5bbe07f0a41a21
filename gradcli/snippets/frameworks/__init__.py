"""Frameworks, a folder each: tables of names, and small classes for what has a state."""
