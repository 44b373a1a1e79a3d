"""Finds quotations: stretches of text between quotation marks."""
