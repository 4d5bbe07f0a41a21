"""Graphs for people to read: formulas as text."""
