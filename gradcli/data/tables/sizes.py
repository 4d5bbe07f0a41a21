"""How much of a table is read, worked on and written at a time: memory does not grow with files."""

CHUNK = 2**21
"""Bytes of text that are parsed at a time."""

ROWS = 2**17
"""Rows with types that are computed at a time."""

SAMPLE = 2**20
"""Bytes of a file of text that are looked at before the work begins."""

FEW = 2**11
"""Rows with types that are looked at before the work begins."""

SHARE = 2**23
"""Bytes of text that one worker takes at a time, and that a part is made of."""

GROUP = 2**17
"""Rows of a row group, or of a batch of Arrow."""

GROUPS = 4
"""Row groups that one worker takes at a time, and that a part has; fewer near the end."""

HELD = 2
"""The same of those that a process holds until it is known where they belong: memory that it has
not used before is dear."""

AHEAD = 2**26
"""Bytes that a worker reads, more or less, while it waits for the machine code, and that wait where
they were read."""

LONGEST = 2**27
"""Bytes that one row of text may have."""
