"""The sources of a run: files, folders, JSON lines, web crawls, files that arrive."""
