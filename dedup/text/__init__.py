"""Which words of an article count: folding by code point, and what is cut off before matching."""
