"""Knows English for the finders and rules: word lists, word forms, first names, countries."""
