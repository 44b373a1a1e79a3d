"""Whom the pronouns of an article mean."""
