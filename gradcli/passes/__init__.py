"""Passes from graph to graph: reverse mode, forward mode, and what is built from them."""
