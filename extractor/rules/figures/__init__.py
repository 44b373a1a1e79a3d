"""Says what each figure counts or measures, and who gives it."""
