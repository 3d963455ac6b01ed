"""Orchestration: the pipeline as plain functions, Prefect flows over it, the command line."""
