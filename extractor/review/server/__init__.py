"""The page on which analysts decide, and the same machine for other programs (/v1)."""
