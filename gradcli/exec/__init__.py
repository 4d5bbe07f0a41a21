"""Executors: from graph to arrays."""
