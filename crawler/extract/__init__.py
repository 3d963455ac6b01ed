"""Page -> article: text, headline, dates, authors, agencies and language of a Hindi news page.

Here belong the public names of the package. One parse, one walk, then pure functions over the
outline of the page:

- `charset` decodes and `page` parses; `outline` makes blocks of text of the tree;
- `meta` and `jsonld` read what the page declares; `headline` and `generic` find headline and body
  in what it shows, asking `debris` (over `debris_rules` and `needles`), `edges`, `lists` and
  `tidy`; `choose` decides between the two;
- `dates` (over `visible`, `datelabel` and `datetext`), `credits` (over `agencies`), `authors` and
  `language` say the rest;
- `article` puts them in order; `result` holds the records at the border.

Not here: fetching, URLs of feeds, and the identity of articles.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from crawler.extract.result import Agency, Extracted, Listed, NoArticle

if TYPE_CHECKING:
    from crawler.extract.agencies import AgencyBook, load_agencies
    from crawler.extract.article import EXTRACTOR_VERSION, extract, text_of
    from crawler.extract.normal import body_key
    from crawler.extract.selectors import Selectors
else:
    # Loaded when they are asked for: a crawl in which nothing is new makes no article, and the
    # records at the border are all that it needs.
    _MODULES = {
        "AgencyBook": "agencies",
        "load_agencies": "agencies",
        "EXTRACTOR_VERSION": "article",
        "extract": "article",
        "text_of": "article",
        "body_key": "normal",
        "Selectors": "selectors",
    }

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
        return found


__all__ = [
    "EXTRACTOR_VERSION",
    "Agency",
    "AgencyBook",
    "Extracted",
    "Listed",
    "NoArticle",
    "Selectors",
    "body_key",
    "extract",
    "load_agencies",
    "text_of",
]
