"""Requests to an OpenAI-compatible endpoint: cache, retries, limits, prices."""
