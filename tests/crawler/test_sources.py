"""Source files: what is read from them, and how each mistake is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from crawler.scouting import new_source
from crawler.sources import Source, json_schema, load_sources
from lake.errors import ConfigError

SEEDS = Path(__file__).parents[2] / "seeds"
GOOD = """\
version: 1
sources:
  - id: alpha
    name: Alpha
    name_hi: अल्फ़ा
    home: https://www.alpha.in/
    feeds:
      - url: https://www.alpha.in/feed
        section: national
    politeness: {delay_s: 5, max_pages: 10}
  - id: beta
    name: Beta
    home: https://beta.co.in/hindi
    hosts: [hindi.beta.co.in]
    links: ['/news/\\d+$']
    feeds:
      - {url: https://hindi.beta.co.in/desh, kind: section}
      - {url: https://beta.co.in/feed, enabled: false, status: reported_dead}
"""


def write(path: Path, text: str, name: str = "sources.yaml") -> Path:
    file = path / name
    file.write_text(text, encoding="utf-8")
    return file


def error_of(path: Path, text: str, overlay: str | None = None) -> ConfigError:
    over = write(path, overlay, "mine.yaml") if overlay is not None else None
    with pytest.raises(ConfigError) as caught:
        load_sources(write(path, text), over)
    assert caught.value.remedy
    return caught.value


def test_a_source_has_its_fields_and_defaults(tmp_path: Path) -> None:
    alpha, beta = load_sources(write(tmp_path, GOOD))
    assert (alpha.name_hi, alpha.language, alpha.timezone) == ("अल्फ़ा", "hi", "Asia/Kolkata")
    assert alpha.own_hosts == ("alpha.in",)
    assert (alpha.politeness.delay_s, alpha.politeness.concurrency) == (5, None)
    assert (alpha.polling.floor_s, alpha.polling.start_s, alpha.polling.ceiling_s) == (
        600,
        900,
        86400,
    )
    assert beta.own_hosts == ("hindi.beta.co.in",)
    assert [feed.url for feed in beta.polled] == ["https://hindi.beta.co.in/desh"]
    assert alpha.feeds[0].conditional


def test_a_disabled_source_polls_nothing(tmp_path: Path) -> None:
    text = GOOD.replace("    name: Alpha\n", "    name: Alpha\n    enabled: false\n")
    assert load_sources(write(tmp_path, text))[0].polled == ()


def test_a_source_survives_the_plan(tmp_path: Path) -> None:
    for source in load_sources(write(tmp_path, GOOD)):
        dumped = json.loads(json.dumps(source.model_dump(mode="json")))
        assert Source.model_validate(dumped) == source


def test_an_overlay_adds_and_overrides(tmp_path: Path) -> None:
    overlay = """\
sources:
  - id: alpha
    enabled: false
    politeness: {delay_s: 9}
  - id: gamma
    name: Gamma
    home: https://gamma.in/
"""
    over = write(tmp_path, overlay, "mine.yaml")
    alpha, beta, gamma = load_sources(write(tmp_path, GOOD), over)
    assert (alpha.enabled, alpha.name) == (False, "Alpha")
    assert (alpha.politeness.delay_s, alpha.politeness.max_pages) == (9, 10)
    assert len(alpha.feeds) == 1
    assert beta.enabled
    assert gamma.feeds == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: Alpha", "name: [Alpha", 5, "not YAML"),
        ("    name: Alpha\n", "    name: Alpha\n    nmae: x\n", 5, "unknown key `nmae`"),
        ("        section: national", "        secton: national", 9, "unknown key `secton`"),
        ("{delay_s: 5", "{delay: 5", 10, "unknown key `delay`"),
        ("version: 1", "version: 7", 1, "version 7"),
        ("version: 1", "verison: 1", 1, "unknown key `verison`"),
        ("id: beta", "id: alpha", 11, "used twice"),
        ("id: beta", "id: Be ta", 11, "`id`"),
        ("id: beta\n    name", "name", 11, "has no id"),
        ("id: beta", "id: 12", 11, "12 is not an id"),
        ("home: https://www.alpha.in/", "home: www.alpha.in", 6, "not an absolute http"),
        ("    home: https://www.alpha.in/\n", "", 3, "lacks `home`"),
        ("url: https://www.alpha.in/feed", "url: ftp://www.alpha.in/feed", 8, "not an absolute"),
        ("https://www.alpha.in/\n", "https://www alpha.in/\n", 6, "not a host that can be asked"),
        ("https://www.alpha.in/\n", "https://alpha..in/\n", 6, "not a host that can be asked"),
        ("https://www.alpha.in/\n", "http://..../\n", 6, "not a host that can be asked"),
        ("https://www.alpha.in/\n", f"http://{'a' * 64}.in/\n", 6, "not a host that can be"),
        ("https://www.alpha.in/\n", "http://me:pw@alpha.in/\n", 6, "a name or a password"),
        ("max_pages: 10", "max_pages: " + "9" * 5000, 10, "is no value"),
        ("links: ['/news/\\d+$']", "links: '/news'", 15, "`links`: write a list"),
        ("{delay_s: 5, max_pages: 10}", "fast", 10, "`politeness`: write a mapping"),
        ("'/news/\\d+$'", "'/news/(\\d+$'", 15, "not a regular expression"),
        ("hosts: [hindi", "hosts: [-hindi", 14, "not a host name"),
        ("kind: section", "kind: rsss", 17, "`feeds.0.kind`"),
        ("delay_s: 5", "delay_s: -1", 10, "greater than or equal to 0"),
        ("delay_s: 5", "delay_s: .inf", 10, "finite number"),
        ("delay_s: 5", "delay_s: .nan", 10, "finite number"),
        ("delay_s: 5", "delay_s: 1.0e+300", 10, "less than or equal to 3600"),
        ("max_pages: 10", "max_pages: 90000000000000", 10, "less than or equal to 1000000"),
        *(
            (
                "    politeness: {",
                f"    polling: {{{name}: 9000000000000}}\n    politeness: {{",
                10,
                f"`polling.{name}`: Input should be less than or equal to 2592000",
            )
            for name in ("floor_s", "start_s", "ceiling_s")
        ),
        ("    name: Alpha\n", "    name: Alpha\n    timezone: Asia/Dilli\n", 5, "not a time zone"),
        ("    name: Alpha\n", "    name: Alpha\n    name: A\n", 5, "written twice"),
        ("https://beta.co.in/feed", "https://hindi.beta.co.in/desh", 11, "listed twice"),
        (
            "    politeness: {",
            "    polling: {floor_s: 4000}\n    politeness: {",
            10,
            "must not decrease",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    error = error_of(tmp_path, GOOD.replace(old, new, 1))
    assert words in error.what
    assert error.where is not None
    assert error.where.startswith(f"{tmp_path / 'sources.yaml'}:{line}"), error.where
    assert len(error.what) < 300


def test_the_nearest_key_is_offered(tmp_path: Path) -> None:
    error = error_of(tmp_path, GOOD.replace("politeness:", "politness:"))
    assert error.remedy == "Did you mean `politeness`?"


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("- url: https://www.a", "- ulr: https://www.a", "Did you mean `url`?"),
        ("name: Alpha\n", "nmae: Alpha\n", "Did you mean `name`?"),
        ("    politeness:", "    extract: [{bdy: p}]\n    politeness:", "Did you mean `body`?"),
        (
            "    politeness:",
            "    extract: [{body: p, zzz: p}]\n    politeness:",
            "The keys are: body, remove, title, summary, authors, published, since, until.",
        ),
    ],
)
def test_a_slip_in_a_key_that_must_be_there_is_not_told_as_its_lack(
    tmp_path: Path, old: str, new: str, remedy: str
) -> None:
    assert old in GOOD
    error = error_of(tmp_path, GOOD.replace(old, new, 1))
    assert "unknown key" in error.what
    assert error.remedy == remedy


@pytest.mark.parametrize("since", ["2024-13-45", "2024-11-01T99:00:00"])
def test_a_date_that_no_calendar_has_is_told_with_its_line(tmp_path: Path, since: str) -> None:
    rules = f"    extract:\n      - body: p\n        since: {since}\n"
    error = error_of(tmp_path, GOOD.replace("    politeness:", rules + "    politeness:"))
    assert since in error.what
    assert error.where == f"{tmp_path / 'sources.yaml'}:12"


def test_an_agency_that_there_is_not_is_told_where_it_stands(tmp_path: Path) -> None:
    good = write(tmp_path, GOOD.replace("    name: Beta\n", "    name: Beta\n    agency: pti\n"))
    assert load_sources(good, None, {"pti", "ani"})[1].agency == "pti"
    over = write(tmp_path, "sources:\n  - id: alpha\n    agency: nosuch\n", "mine.yaml")
    with pytest.raises(ConfigError, match="no agency 'nosuch'") as caught:
        load_sources(good, over, {"pti", "ani"})
    assert caught.value.where == f"{over}:3"
    assert caught.value.remedy == "The agencies are: ani, pti."


def test_a_mistake_of_the_overlay_is_told_where_it_is(tmp_path: Path) -> None:
    overlay = "sources:\n  - id: alpha\n    politeness:\n      delay_s: soon\n"
    error = error_of(tmp_path, GOOD, overlay)
    assert error.where == f"{tmp_path / 'mine.yaml'}:4"
    overlay = "sources:\n  - id: delta\n    name: Delta\n"
    error = error_of(tmp_path, GOOD, overlay)
    assert (error.what, error.where) == (
        "source 'delta' lacks `home`",
        f"{tmp_path / 'mine.yaml'}:2",
    )


@pytest.mark.parametrize("text", ["", "- a\n", "sources: 3\n", "id: x\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    assert "holds a list" in error_of(tmp_path, text).what


def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    for opened in ("[", "{a: "):
        assert "nested too deeply" in error_of(tmp_path, "sources: " + opened * 5000).what


def test_an_id_that_was_written_wrong_is_told_with_the_right_one(tmp_path: Path) -> None:
    over = write(tmp_path, "sources:\n  - id: alfa\n    enabled: false\n", "mine.yaml")
    with pytest.raises(ConfigError) as caught:
        load_sources(write(tmp_path, GOOD), over)
    assert caught.value.where == f"{over}:2"
    assert caught.value.remedy == (
        "Add the line `name: ...` to it, or write `id: alpha` if that one is meant."
    )


def test_a_host_in_devanagari_is_asked_for_and_its_pages_are_its_own() -> None:
    found = Source.model_validate(
        {"id": "a", "name": "A", "home": "https://समाचार.भारत/", "feeds": []}
    )
    # As a request names it, and as a feed lists it.
    assert found.leads_to("https://xn--61b3bh3a5ab.xn--h2brj9c/desh/1")
    assert found.leads_to("https://www.समाचार.भारत/1")
    assert not found.leads_to("https://xn--h2brj9c/1")


def test_a_source_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    error = error_of(tmp_path, "sources:\n  - id: a\n    name: A\n    home: http://a.in/\n  - b\n")
    assert error.where == f"{tmp_path / 'sources.yaml'}:5"


def test_a_missing_or_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_sources(tmp_path / "none.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_sources(bad)


def test_the_committed_schema_is_the_models() -> None:
    committed = json.loads((SEEDS / "sources.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema()


# --- The source pack -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> list[Source]:
    return load_sources(SEEDS / "sources.yaml")


def test_the_source_pack_is_whole(pack: list[Source]) -> None:
    feeds = [feed for source in pack for feed in source.feeds]
    assert (len(pack), len(feeds)) == (70, 175)
    assert {feed.kind for feed in feeds} == {"rss", "sitemap"}
    assert all(source.name_hi for source in pack)


def test_what_is_reported_dead_is_not_polled(pack: list[Source]) -> None:
    feeds = [feed for source in pack for feed in source.feeds]
    assert {feed.status for feed in feeds} == {"unverified", "reported_dead"}
    for feed in feeds:
        assert feed.enabled == (feed.status == "unverified"), feed.url
        assert feed.note or feed.enabled, f"{feed.url} does not say why it is dead"


def test_a_publisher_without_a_known_feed_is_switched_off_and_says_why(pack: list[Source]) -> None:
    without = [source for source in pack if not source.feeds]
    assert len(without) == 28
    assert all(not source.enabled and source.notes for source in without)


def test_the_agency_of_a_site_is_a_known_one(pack: list[Source]) -> None:
    book: dict[str, Any] = YAML(typ="safe").load(SEEDS / "agencies.yaml")
    ids = {agency["id"] for agency in book["agencies"]}
    owners = {source.id: source.agency for source in pack if source.agency}
    assert owners == {
        "univarta": "uni",
        "hindusthansamachar": "hs",
        "dwhindi": "dw",
        "bbchindi": "bbc",
    }
    assert set(owners.values()) <= ids


@pytest.mark.parametrize(
    ("url", "feed", "allowed"),
    [
        ("https://www.a.co.in/x", None, True),
        ("https://feeds.a.co.in/x", None, True),
        ("https://b.co.in/x", None, False),
        ("https://feeds.burner.com/a", None, False),
        ("https://feeds.burner.com/a", "https://feeds.burner.com/a", True),
        ("https://cdn.burner.com/a", "https://feeds.burner.com/a", True),
        ("https://a.co.in/a", "https://feeds.burner.com/a", True),
        ("https://b.co.in/a", "https://feeds.burner.com/a", False),
        ("https://b.co.in/a", "https://a.co.in/feed", False),
    ],
)
def test_where_requests_may_lead(url: str, feed: str | None, allowed: bool) -> None:
    site = Source.model_validate({"id": "a", "name": "A", "home": "https://www.a.co.in/"})
    assert site.leads_to(url, feed) is allowed


@pytest.mark.parametrize(
    ("home", "words"),
    [
        ("x.in", "not a web URL"),
        ("https://a b.in/", "not a host that can be asked for"),
        ("http://..../", "not a host that can be asked for"),
        ("http://me:pw@x.in/", "a name or a password"),
    ],
)
def test_a_home_page_that_nobody_can_visit_is_told_as_that(home: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        new_source(home)
    # Not as a mistake of one field of a model.
    assert str(caught.value).startswith(words)
