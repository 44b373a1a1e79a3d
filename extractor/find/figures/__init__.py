"""Figures: numbers that count or measure something."""
