"""What a person asks: of the lake (SQL, export), of two texts, of one page, of a source.

Here belongs the work behind commands that write nothing into a lake.
"""
