"""Extraction of text beside its rivals: how much of the article, how much else, how fast."""
