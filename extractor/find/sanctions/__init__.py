"""Finds sanction statements: words that say what happens to a restriction."""
