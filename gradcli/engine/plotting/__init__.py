"""Pictures of programs: where to look at a curve, and what its points are."""
