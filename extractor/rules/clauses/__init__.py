"""Reads parts of a sentence for several rules: verb groups, modality, conditions, mentions."""
