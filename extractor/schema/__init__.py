"""Schemas: finding their files, reading what they ask for, their JSON on the wire."""
