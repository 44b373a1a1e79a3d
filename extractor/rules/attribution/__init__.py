"""Attribution: who said a quotation, what is reported, and what is nobody's words."""
