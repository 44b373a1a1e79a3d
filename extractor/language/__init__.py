"""What the rules know of a language: tokens, word lists, forms of words, countries, times."""
