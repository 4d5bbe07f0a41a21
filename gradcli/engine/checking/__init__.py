"""Gradient checking: differences that know their error, and what they say of an exact slope."""
