"""The lesson checker: what `tests/lessons/checks.py` lists, applied to every lesson of the table of contents."""
