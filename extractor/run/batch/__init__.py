"""Questions asked by OpenAI's Batch API."""
