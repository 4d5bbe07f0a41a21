"""Simplification of vectors and matrices, in their own notation."""
