"""Reads sanction terms: who does what with which restriction, on whom, and how settled it is."""
