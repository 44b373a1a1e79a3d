"""The worker processes of a run."""
