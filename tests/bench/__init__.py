"""Side by side with other tools: the same work in one process, in turn, results checked first."""
