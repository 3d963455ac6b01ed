"""Dedup beside its rivals: ``python -m benchmarks.dedup [--json]``."""
