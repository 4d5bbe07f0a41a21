"""JavaScript as snippets have it: read by a grammar of its own, walked with its own values."""
