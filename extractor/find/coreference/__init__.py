"""Resolves the pronouns of an article: each joins its likely antecedent, or none."""
