"""The review: analysts decide on the records of a run, publish them and measure machines by them.

README.md beside this file explains the words (claim, proposal, decision, sync, carry), the way of a
row from a run to a published file, and in which order to read the modules.
"""
