"""Knows a language for the finders and rules: tokens, word lists, word forms, countries, times."""
