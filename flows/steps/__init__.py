"""The parts of a run, as plain functions: what `flows.pipeline` puts in their order.

Here belongs what a run does to articles and rows. Not here: Prefect, commands, and what is done by
hand to a lake (`flows.repair`).
"""
