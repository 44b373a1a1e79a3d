"""Checks an answer against the article: grounds its words, accounts for every candidate."""
