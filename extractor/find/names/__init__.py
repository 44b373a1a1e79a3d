"""Names: people, bodies, places and unnamed sources, with their mentions."""
