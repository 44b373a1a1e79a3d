"""Structured extraction from news: code finds the candidates, an answerer points at them."""

__version__ = "0.1.0"
