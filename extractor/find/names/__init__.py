"""Finds people, bodies, places and unnamed sources, with all their mentions."""
