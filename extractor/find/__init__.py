"""Finds quotations, figures, names and sanction statements in a text, with exact offsets.

By rules alone: deterministic, no network. Begin with `inventory.take_inventory`. Who said a
quotation and what a figure counts is decided in `extractor.rules`.
"""
