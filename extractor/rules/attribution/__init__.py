"""Says who said a quotation, what else is reported, and which quotations are nobody's words."""
