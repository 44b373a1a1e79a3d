"""Reads releases: who was set free, by whom, from where to where, in exchange for what."""
