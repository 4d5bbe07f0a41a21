"""`batch`: jobs from files, answered one by one or by workers."""
