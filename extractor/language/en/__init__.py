"""What the rules know of English: word lists (data/*.txt), the forms of words, names, countries."""
