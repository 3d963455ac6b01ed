"""The data contract: every dataset of the lake, column by column, as data.

Here belongs what a reader of the Parquet files may rely on: names, types, units, meanings, sort
order, and the version of it all. docs/data.md is generated from here. Columns are only ever
added. Not here: where the objects lie and how they get there (`lake.tables`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

SCHEMA_VERSION: Final = 2
"""Written into the metadata of every object as ``taar.schema_version``.

1: the hashes of fingerprints were lists. 2: they are `PACKED`, which reads ten times as fast.
"""

TIME: Final = pa.timestamp("us", tz="UTC")
_STRINGS: Final = pa.list_(pa.string())
PACKED: Final = pa.binary()
"""Numbers of a fixed width one after another, little-endian, as ``numpy.frombuffer`` reads them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, meaning, and whether it is always there."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False

    @property
    def field(self) -> pa.Field[pa.DataType]:
        """The Arrow field, with the meaning in its metadata."""
        return pa.field(
            self.name,
            self.type,
            nullable=not self.required,
            metadata={b"description": self.meaning.encode()},
        )


RUN_ID: Final = Column("run_id", pa.string(), "run that published the row", True)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset of the lake.

    Attributes:
        name: The folder under the lake's root.
        meaning: What a row is.
        columns: In the order in which they are written.
        sort_by: Columns that the rows of every object are sorted by.
        public: Whether analysts may rely on it; the others may be rebuilt at any time.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sort_by: tuple[str, ...]
    public: bool = True

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with the meaning of each column in its field metadata."""
        return pa.schema(
            [c.field for c in self.columns],
            metadata={
                b"taar.schema_version": str(SCHEMA_VERSION).encode(),
                b"taar.dataset": self.name.encode(),
            },
        )

    @property
    def by_run(self) -> bool:
        """Whether its objects are published by runs, and merged by day later on."""
        return self.name in {"articles", "fetches", "source_runs", "fingerprints/v1"}

    @property
    def stored_schema(self) -> pa.Schema:
        """The Arrow schema of its objects.

        It is `schema`; where runs publish the dataset and it does not have the column itself,
        ``run_id`` comes last.
        """
        if not self.by_run or self.schema.get_field_index(RUN_ID.name) >= 0:
            return self.schema
        return self.schema.append(RUN_ID.field)


AGENCY: Final = pa.struct([("id", pa.string()), ("evidence", pa.string()), ("place", pa.string())])
"""A news agency credited by an article: ``id`` as in seeds/agencies.yaml, ``evidence`` the exact
phrase, ``place`` one of ``author``, ``byline``, ``dateline``, ``credit``, ``phrase``."""

RELATION: Final = pa.struct(
    [
        ("article_id", pa.string()),
        ("kind", pa.string()),
        ("jaccard", pa.float32()),
        ("containment", pa.float32()),
        ("cosine", pa.float32()),
    ]
)
"""A relation to an article that was in the lake, or earlier in the same batch."""

ARTICLES: Final = Dataset(
    "articles",
    "one version of one article, as observed by one run; never revised",
    (
        Column("article_id", pa.string(), "hash of url_id, version and content_hash", True),
        Column("url_id", pa.string(), "hash of the canonical URL", True),
        Column("version", pa.int32(), "1 for the first published version of the URL", True),
        Column("supersedes", pa.string(), "article_id of the version before this one"),
        Column("url", pa.string(), "canonical URL", True),
        Column("requested_url", pa.string(), "URL as the feed, sitemap or section page gave it"),
        Column("responded_url", pa.string(), "URL that answered, after redirects"),
        Column("discovered_from", pa.string(), "URL of the feed, sitemap or section page"),
        Column("source_id", pa.string(), "id of the source in seeds/sources.yaml", True),
        Column("source_name", pa.string(), "name of the publisher", True),
        Column("title", pa.string(), "headline, in NFC"),
        Column("summary", pa.string(), "standfirst or description, in NFC"),
        Column("text", pa.string(), "body, in NFC; a blank line between paragraphs", True),
        Column("authors", _STRINGS, "names in the byline; agencies are in `agencies`"),
        Column("section", pa.string(), "section or category, as the page names it"),
        Column("tags", _STRINGS, "tags or keywords, as the page names them"),
        Column("image_url", pa.string(), "URL of the main image"),
        Column("language", pa.string(), "ISO 639-1 code of the text", True),
        Column("published_at", TIME, "when the publisher says that it was published"),
        Column("published_raw", pa.string(), "the string that published_at was read from"),
        Column("published_precision", pa.string(), "second, minute or day"),
        Column(
            "date_source",
            pa.string(),
            "where published_at stood: selectors, json_ld, meta, time, feed, sitemap, section, "
            "text or url; null without a date",
        ),
        Column("modified_at", TIME, "when the publisher says that it was last changed"),
        Column("first_listed_at", TIME, "when a feed, sitemap or section page first showed it"),
        Column("fetched_at", TIME, "when the page was received", True),
        Column("agencies", pa.list_(AGENCY), "news agencies credited, each with its evidence"),
        Column("dateline", pa.string(), "place that the report is dated from"),
        Column("word_count", pa.int32(), "words in `text`", True),
        Column("content_hash", pa.string(), "hash of the folded body", True),
        Column("copy_of", pa.string(), "article_id of the best earlier copy known then"),
        Column("copy_kind", pa.string(), "exact, near, partial or update: of `copy_of`"),
        Column("jaccard", pa.float32(), "Jaccard of 3-word shingles with `copy_of`, 0 to 1"),
        Column(
            "containment",
            pa.float32(),
            "share of the 5-word shingles of the smaller text that `copy_of` and this one share",
        ),
        Column("relations", pa.list_(RELATION), "relations to earlier articles, best first"),
        Column("rights", _STRINGS, "reservations found against text and data mining or AI use"),
        Column("extractor", pa.string(), "step that won: selectors, json_ld, generic", True),
        Column("extractor_version", pa.string(), "version of the extraction code", True),
        Column("warc_file", pa.string(), "key of the WARC object with the raw response"),
        Column("warc_offset", pa.int64(), "byte offset of its response record"),
        RUN_ID,
    ),
    ("fetched_at", "article_id"),
)

FETCHES: Final = Dataset(
    "fetches",
    "one URL taken up by one run, with its outcome",
    (
        Column("run_id", pa.string(), "run that took the URL up", True),
        Column("url_id", pa.string(), "hash of `url`", True),
        Column("url", pa.string(), "canonical form of the requested URL", True),
        Column("requested_url", pa.string(), "URL as listed", True),
        Column("responded_url", pa.string(), "URL that answered, after redirects"),
        Column("canonical_url", pa.string(), "URL that the article goes by, if one was made"),
        Column("article_url_id", pa.string(), "hash of `canonical_url`"),
        Column("article_id", pa.string(), "article published or found to be known already"),
        Column("source_id", pa.string(), "id of the source", True),
        Column("discovered_from", pa.string(), "URL of the feed, sitemap or section page"),
        Column("title", pa.string(), "title as listed"),
        Column("listed_published_at", TIME, "publication time as listed"),
        Column("listed_published_raw", pa.string(), "the string that it was read from"),
        Column("first_listed_at", TIME, "when it was first listed", True),
        Column("fetched_at", TIME, "when the outcome was known", True),
        Column("outcome", pa.string(), "one of lake.outcomes.Outcome", True),
        Column("final", pa.bool_(), "whether the URL is done with", True),
        Column("tries", pa.int32(), "how often it has been tried, this time included", True),
        Column("next_try_at", TIME, "when it is to be tried again, if it is"),
        Column("detail", pa.string(), "why, in words"),
        Column("http_status", pa.int32(), "status code of the last answer"),
        Column("bytes", pa.int64(), "size of the body received, decoded"),
        Column("duration_ms", pa.int32(), "from request to last byte, milliseconds"),
        Column("etag", pa.string(), "ETag of the page, for asking again"),
        Column("last_modified", pa.string(), "Last-Modified of the page, for asking again"),
        Column("warc_file", pa.string(), "key of the WARC object with the raw response"),
        Column("warc_offset", pa.int64(), "byte offset of its response record"),
    ),
    ("fetched_at", "url_id"),
)

SOURCE_RUNS: Final = Dataset(
    "source_runs",
    "one source in one run: counts and freshness",
    (
        Column("run_id", pa.string(), "the run", True),
        Column("source_id", pa.string(), "id of the source", True),
        Column("source_name", pa.string(), "name of the publisher", True),
        Column("started_at", TIME, "when the run began", True),
        Column("feeds_polled", pa.int32(), "feeds, sitemaps and section pages asked for", True),
        Column("feeds_not_modified", pa.int32(), "of these, answered with 304", True),
        Column("feeds_failed", pa.int32(), "of these, failed", True),
        Column("entries", pa.int32(), "entries listed", True),
        Column("new_entries", pa.int32(), "of these, not known before", True),
        Column("taken_up", pa.int32(), "URLs taken up", True),
        Column(
            "outcomes",
            pa.map_(pa.string(), pa.int32()),
            "number of URLs by outcome; they add up to `taken_up`",
            True,
        ),
        Column("published", pa.int32(), "articles published, new versions included", True),
        Column("with_date", pa.int32(), "of these, with published_at", True),
        Column("with_author", pa.int32(), "of these, with an author", True),
        Column("with_agency", pa.int32(), "of these, with an agency", True),
        Column("median_words", pa.int32(), "median word_count of these"),
        Column("newest_at", TIME, "newest publication time seen, in lists or articles"),
        Column("errors", _STRINGS, "one line for each feed that failed, and why", True),
    ),
    ("source_id",),
)

FINGERPRINTS: Final = Dataset(
    "fingerprints/v1",
    "what is needed to find the copies of one article; derived from articles. Packed columns hold "
    "little-endian numbers one after another: `numpy.frombuffer(value, '<u4')`, or `'<u2'`",
    (
        Column("article_id", pa.string(), "as in articles", True),
        Column("url_id", pa.string(), "as in articles", True),
        Column("version", pa.int32(), "as in articles", True),
        Column("source_id", pa.string(), "as in articles", True),
        Column("effective_at", TIME, "published_at, else fetched_at: windows go by it", True),
        Column("published_at", TIME, "as in articles"),
        Column("fetched_at", TIME, "as in articles", True),
        Column("content_hash", pa.string(), "as in articles", True),
        Column("scheme", pa.int16(), "version of folding, hashes and signatures", True),
        Column("body_key", pa.uint64(), "hash of the folded tokens of the cleaned body", True),
        Column("token_count", pa.int32(), "folded tokens of the cleaned body", True),
        Column("low", pa.binary(128), "lowest byte of each of the 128 minhashes", True),
        Column("minhash", pa.binary(512), "128 little-endian uint32: datasketch affine32", True),
        Column("sketch", PACKED, "FracMinHash of the 5-word shingles, sorted: packed uint32", True),
        Column(
            "shingles3",
            PACKED,
            "hashes of the distinct 3-word shingles, sorted: packed uint32",
            True,
        ),
        Column(
            "shingles5",
            PACKED,
            "hashes of the distinct 5-word shingles, sorted: packed uint32",
            True,
        ),
        Column(
            "order3",
            PACKED,
            "the 3-word shingles in the order of the text: the place of each in `shingles3`, "
            "packed uint16",
            True,
        ),
        Column(
            "terms", PACKED, "hashes of the distinct content words, sorted: packed uint32", True
        ),
        Column("term_counts", PACKED, "how often each of `terms` occurs: packed uint16", True),
        Column("numbers", PACKED, "hashes of the distinct numerals, sorted: packed uint32", True),
        Column(
            "slots", PACKED, "hashes of the words around each numeral, sorted: packed uint32", True
        ),
        Column(
            "slot_values", PACKED, "hash of the numeral in each of `slots`: packed uint32", True
        ),
    ),
    ("effective_at", "article_id"),
    public=False,
)

RELATIONS: Final = Dataset(
    "relations",
    "one related pair of articles, labelled from all that is published; derived by link",
    (
        Column("article_id", pa.string(), "the later of the two", True),
        Column("other_id", pa.string(), "the earlier of the two", True),
        Column(
            "kind", pa.string(), "exact, near, partial, excerpt, series, roundup or update", True
        ),
        Column("jaccard", pa.float32(), "Jaccard of 3-word shingles, 0 to 1", True),
        Column("containment", pa.float32(), "5-word shingles shared / of the smaller text", True),
        Column("cosine", pa.float32(), "cosine of the weighted content words, 0 to 1", True),
        Column("shared", pa.int32(), "number of distinct 5-word shingles shared", True),
        Column("larger", pa.string(), "article_id of the longer text", True),
    ),
    ("article_id", "other_id"),
)

FAMILIES: Final = Dataset(
    "families",
    "one article in one family of copies of one text; derived by link",
    (
        Column("family_id", pa.string(), "stable id of the family", True),
        Column("article_id", pa.string(), "the member", True),
        Column("role", pa.string(), "first, copy, update or undetermined", True),
        Column("kind", pa.string(), "best relation to another member, as in relations"),
        Column("first_id", pa.string(), "article_id of the first publisher's article, if known"),
        Column("first_source_id", pa.string(), "source that published first, if known"),
        Column("first_by", pa.string(), "published_at, first_listed_at or agency: what decided"),
        Column("size", pa.int32(), "members of the family", True),
        Column("sources", pa.int32(), "distinct sources among them", True),
        Column("aliases", _STRINGS, "ids of families that were merged into this one", True),
    ),
    ("family_id", "article_id"),
)

THREADS: Final = Dataset(
    "threads",
    "one edge between two articles of the same continuing story; derived by link",
    (
        Column("article_id", pa.string(), "the later of the two", True),
        Column("other_id", pa.string(), "the earlier of the two", True),
        Column("cosine", pa.float32(), "cosine of the weighted content words, 0 to 1", True),
        Column("jaccard", pa.float32(), "Jaccard of 3-word shingles, 0 to 1", True),
        Column("containment", pa.float32(), "5-word shingles shared / of the smaller text", True),
        Column("shared_terms", _STRINGS, "the weightiest words that both use", True),
        Column("frequencies", pa.string(), "version of the document-frequency table", True),
    ),
    ("article_id", "other_id"),
)

TOMBSTONES: Final = Dataset(
    "tombstones",
    "one URL that was taken down: it is never shown, fetched or derived from again",
    (
        Column("url_id", pa.string(), "hash of the URL; the URL itself is not kept here", True),
        Column("article_ids", _STRINGS, "versions of its article that were removed", True),
        Column("forgotten_at", TIME, "when it was taken down", True),
        Column("reason", pa.string(), "why, in the words of whoever did it"),
    ),
    ("url_id",),
)

DAYS: Final = Dataset(
    "days",
    "one crawl date that is final: no run will add to it",
    (
        Column("crawl_date", pa.date32(), "the date, UTC", True),
        Column("final_at", TIME, "when its rows last changed: made final, or taken down", True),
        Column("runs", pa.int32(), "runs committed on it", True),
        Column("articles", pa.int64(), "rows of articles, when it was made final", True),
        Column("fetches", pa.int64(), "rows of fetches", True),
        Column("source_runs", pa.int64(), "rows of source_runs", True),
        Column("generation", pa.string(), "of its day file of articles", True),
        Column("removed", _STRINGS, "datasets whose retention is over: their rows are gone", True),
    ),
    ("crawl_date",),
)

PENDING: Final = pa.struct(
    [
        ("url_id", pa.string()),
        ("url", pa.string()),
        ("requested_url", pa.string()),
        ("title", pa.string()),
        ("published_at", TIME),
        ("published_raw", pa.string()),
        ("first_listed_at", TIME),
        ("tries", pa.int32()),
        ("not_before", TIME),
    ]
)
"""An entry that has been taken up and is not done with."""

STATE: Final = Dataset(
    "state",
    "one feed, sitemap or section page, as the newest run left it",
    (
        Column("source_id", pa.string(), "id of the source", True),
        Column("feed_url", pa.string(), "its URL", True),
        Column("etag", pa.string(), "validator of the last good answer"),
        Column("last_modified", pa.string(), "validator of the last good answer"),
        Column("body_hash", pa.string(), "hash of the last body that was parsed"),
        Column("last_polled_at", TIME, "when it was last asked for"),
        Column("last_success_at", TIME, "when it last answered well"),
        Column("next_due_at", TIME, "when it is due again"),
        Column("interval_s", pa.int32(), "present polling interval, seconds"),
        Column("failures", pa.float32(), "weight of the failures since the last success", True),
        Column("successes", pa.int32(), "successes in a row", True),
        Column("listed", pa.list_(pa.string()), "url_ids of its last listing", True),
        Column("pending", pa.list_(PENDING), "entries taken up and not done with", True),
    ),
    ("source_id", "feed_url"),
    public=False,
)

KNOWN: Final = Dataset(
    "known",
    "one URL that is done with: a compact index over fetches that outlives their retention",
    (
        Column("url_id", pa.string(), "hash of the URL", True),
        Column("last_seen_at", TIME, "when it was last fetched or listed", True),
        Column(
            "article_id",
            pa.string(),
            "newest version, if the URL is the canonical one of an article",
        ),
        Column("version", pa.int32(), "its version"),
        Column("content_hash", pa.string(), "its content hash"),
        Column("published_at", TIME, "its publication time"),
        Column("checked_at", TIME, "when the page was last looked at"),
        Column("url", pa.string(), "its canonical URL"),
        Column("source_id", pa.string(), "its source"),
        Column("etag", pa.string(), "ETag of the page"),
        Column("last_modified", pa.string(), "Last-Modified of the page"),
    ),
    ("url_id",),
    public=False,
)

DATASETS: Final[tuple[Dataset, ...]] = (
    ARTICLES,
    FETCHES,
    SOURCE_RUNS,
    FINGERPRINTS,
    RELATIONS,
    FAMILIES,
    THREADS,
    TOMBSTONES,
    DAYS,
    STATE,
    KNOWN,
)
