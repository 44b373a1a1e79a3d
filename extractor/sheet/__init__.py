"""Writes quote sheets in every form: terminal, JSON, CSV, HTML. See README.md beside this file."""
