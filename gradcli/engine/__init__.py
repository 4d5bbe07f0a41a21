"""The engine: programs, the questions that can be asked of them, and the Python API."""
