"""Quotations: stretches between quotation marks."""
