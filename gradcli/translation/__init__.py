"""Programs as files of other languages: a target each, and what writes it."""
