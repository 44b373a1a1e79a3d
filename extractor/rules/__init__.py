"""What an article says, read by rules: who said it, what is counted, sanctions, releases."""
