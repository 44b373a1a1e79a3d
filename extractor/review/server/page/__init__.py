"""The review page: what it shows of a claim and an article, as HTML; its scripts and styles."""
