"""Parts of a sentence that several rules read: verb groups, modality, conditions."""
