"""Articles that are cut into several pages: their parts, joined.

Here belongs what is one article of several pages. Not here: which link leads to the next part
(`crawler.extract.meta`), asking for it (`crawler.page_desk`).

The parts are no URLs of their own: the article has the one outcome of the URL that was taken up,
whatever becomes of its parts. What cannot be had is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from crawler.extract.result import Extracted
from crawler.records import Answer
from lake.ids import content_hash

MAX_PARTS: Final = 10
"""Pages of one article that are asked for, the first included."""

PART_WORDS: Final = 5
"""A part may be shorter than an article."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An article of which there are more pages.

    Attributes:
        made: What there is of it so far; its `next_url` leads to the next part.
        answer: The answer of the first page.
        redirected: Whether another URL answered than the one asked for.
        seen: URLs of the pages so far.
    """

    made: Extracted
    answer: Answer
    redirected: bool
    seen: tuple[str, ...]

    @property
    def next_url(self) -> str | None:
        """The part to ask for now, if there is one that was not asked for and is within bounds."""
        found = self.made.next_url
        return found if found not in self.seen and len(self.seen) < MAX_PARTS else None

    def with_part(self, url: str, part: Extracted) -> Begun:
        """The article with one more page.

        Args:
            url: The part's URL.
            part: What was made of it.
        """
        # Loaded for pages only: most runs read none.
        from crawler.extract.normal import body_key, words

        before = self.made.text.split("\n\n")
        # A standfirst or a notice stands on every page, and some servers send the first again.
        fresh = [line for line in part.text.split("\n\n") if line not in before]
        text = "\n\n".join([*before, *fresh])
        made = replace(
            self.made,
            text=text,
            word_count=words(text),
            content_hash=content_hash(body_key(text)),
            next_url=part.next_url if fresh else None,
        )
        return replace(self, made=made, seen=(*self.seen, url))
