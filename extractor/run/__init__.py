"""A run over many articles: what is to be read, the store, the work, the limits, the sheets."""
