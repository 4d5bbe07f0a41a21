"""Simplification: the formula of a node in the form that is shortest to write."""
