"""The targets of translations, a file each."""
