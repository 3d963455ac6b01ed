"""Benchmarks: each prints a table, ours beside the rivals."""
