"""A language model as the answerer: prompts, questions, what its answers yield."""
