"""Answers to what a schema asks: made from what the rules know, or asked of a language model."""
