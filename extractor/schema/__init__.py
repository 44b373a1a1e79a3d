"""Schemas: finds their files, reads what they ask for, makes the JSON schemas sent to models."""
