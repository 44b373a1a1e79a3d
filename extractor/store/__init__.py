"""The store of a run: one SQLite file with articles, extractions, records, runs and calls."""
