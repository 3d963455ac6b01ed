"""What a deployment says of itself: sources that are unwell, the set-up, the report of a day.

Here belongs reading and judging; nothing here changes a lake.
"""
