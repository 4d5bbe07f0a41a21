"""The graph: nodes, the records of their operations, and the builder; knows no function by name."""
