"""Languages: from text to the common tree, and what differs between them when it is walked."""
