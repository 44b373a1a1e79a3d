"""Reviewed rows written to files, with where they come from."""
