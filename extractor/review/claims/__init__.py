"""Claims: rows as analysts decide on them, their log and what follows from it."""
