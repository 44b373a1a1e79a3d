"""What runs have written becomes proposals of claims."""
