"""Page -> article: text, headline, dates, authors, agencies and language of a Hindi news page.

Here belong the public names of the package. One parse, one walk, then pure functions over the
outline of the page:

- `charset` decodes and `page` parses; `outline` makes blocks of text of the tree;
- `meta` and `jsonld` read what the page declares; `headline` and `generic` find headline and body
  in what it shows, with the rules of `debris`; `choose` decides between the two;
- `dates` (over `datetext`), `credits` (over `agencies`), `authors` and `language` say the rest;
- `article` puts them in order; `result` holds the records at the border.

Not here: fetching, URLs of feeds, and the identity of articles.
"""

from crawler.extract.agencies import AgencyBook, load_agencies
from crawler.extract.article import EXTRACTOR_VERSION, extract
from crawler.extract.normal import body_key
from crawler.extract.result import Agency, Extracted, Listed, NoArticle
from crawler.extract.selectors import Selectors

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
]
