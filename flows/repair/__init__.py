"""What an operator does to a lake by hand: reread, backfill, take down, rebuild, give orders.

Here belongs work outside the schedule. Not here: the steps of a run (`flows.steps`), and their
commands (`flows.commands`).
"""
