"""The quote sheet in every form it leaves us: terminal, JSON, CSV, HTML.

`tables` reads the rows of any schema's record; each form is one module that writes them.
"""
