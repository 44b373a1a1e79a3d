"""What a run shows and reports while it goes, and at its end."""
