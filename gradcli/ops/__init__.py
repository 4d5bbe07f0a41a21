"""The operations: one record each, in files by mathematics; `catalog` is the list of them."""
