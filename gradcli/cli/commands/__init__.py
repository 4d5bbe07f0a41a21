"""The commands, one file for each kind, imported when one of them is called."""
