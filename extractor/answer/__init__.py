"""Who said it, what it counts: answers by the built-in rules, or by a language model."""
