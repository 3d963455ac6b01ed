"""A small Hindi web on loopback, for the demo, the tests and the benchmarks.

Six sites with the looks of real content systems, stories written for the project, agency copy
carried from site to site, and the truth about all of it. The clock is given; faults are switched
on at will. Imports none of the rooms that it tests.

>>> with Press() as press:
...     press.host_map, press.sources_file, press.ca_file
"""

from press.clerk import Request
from press.dates import BASE
from press.faults import Faults
from press.marking import Marks, TruthPair
from press.page import Carry, Page
from press.server import Press
from press.truth import Truth, TruthArticle

__all__ = [
    "BASE",
    "Carry",
    "Faults",
    "Marks",
    "Page",
    "Press",
    "Request",
    "Truth",
    "TruthArticle",
    "TruthPair",
]
