"""Reads by rules what an article says: who said it, what is counted, sanctions, releases."""
