"""Makes the stored pages of `tests/crawler/extract/gold`: pages after real systems, text ours.

Here belong the looks of content systems and the command that writes their pages. Nothing here
imports the extractor: what a page should give is written by whoever wrote the look.
"""
