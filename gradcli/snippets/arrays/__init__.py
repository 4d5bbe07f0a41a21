"""Arrays as nodes of a graph: what all frameworks make, compute and differentiate."""
