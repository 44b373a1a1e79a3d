"""Plain text, of any language: spans, folding, exact phrases, characters that can be shown."""
