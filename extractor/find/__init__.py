"""What is in the text: quotations, figures, names, sanction statements, each with exact offsets.

Deterministic, no network, no models. `inventory.take` is the way in.
"""
