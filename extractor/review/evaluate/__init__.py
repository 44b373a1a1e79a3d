"""What reviews say of machines, and of reviewers."""
