"""Fingerprints: what is kept of one text, and of many as columns."""
