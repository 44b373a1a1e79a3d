"""The sheets of a run, written from its store."""
