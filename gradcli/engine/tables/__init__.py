"""`map`: one program over the rows of tables, in threads or on a cluster."""
