"""The server of the review page, and of the API for other programs (/v1)."""
