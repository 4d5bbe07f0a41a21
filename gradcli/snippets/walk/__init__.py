"""The walk over the common tree, in whatever language it was written."""
