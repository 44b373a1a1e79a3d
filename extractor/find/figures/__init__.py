"""Finds figures: numbers that count or measure something."""
