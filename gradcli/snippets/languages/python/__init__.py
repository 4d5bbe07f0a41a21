"""Python as snippets have it: read by `ast`, walked with its own values and operators."""
