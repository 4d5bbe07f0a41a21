"""Numbers on their way in and answers on their way out: files, formats, and the outside world."""
