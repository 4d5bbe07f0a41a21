"""Tables in files: cut into blocks of rows, turned into numbers, and written with more columns."""
