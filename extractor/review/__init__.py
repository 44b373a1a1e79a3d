"""The review: analysts decide on the records of a run, and no decision is ever lost.

A *claim* is a row of a sheet as an analyst decides on it, a *decision* what a reviewer did with
it, a *proposal* what the machine says of it. They live in the store of the run. Read desk.py
first, then claims.py, standing.py (what stands, from the log of decisions), decisions.py,
syncing.py (a run happened) with matching.py and anchoring.py, editing.py and queue.py.
"""
