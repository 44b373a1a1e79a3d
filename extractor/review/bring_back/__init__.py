"""Edited sheets brought back as decisions."""
