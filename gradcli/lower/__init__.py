"""Runs the tree of a program over nodes: names, functions, control flow become a straight graph."""
