"""Tables in files and in memory: cut into chunks, made numbers of, written with more columns."""
