"""Is the answer true to the article: words grounded, every candidate accounted for."""
