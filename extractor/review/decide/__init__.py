"""Decisions of reviewers: edits to a row, checked, and entered into the log."""
