"""Text to tree: `parse` and `parse_value` are in parser.py, the nodes in tree.py."""
