"""The commands, one file for each kind, imported when one of them is called."""

COMPLETE = "_GRADCLI_COMPLETE"
"""The environment's variable by which a shell asks for completions."""
