"""Whether an answer is true to the article: words grounded, every candidate accounted for."""
