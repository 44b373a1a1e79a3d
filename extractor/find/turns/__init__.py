"""Finds the turns of speakers in interviews, transcripts, hearings and live blogs."""
