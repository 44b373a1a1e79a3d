"""What a figure counts, and who gives it."""
