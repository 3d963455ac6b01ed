"""taar sources check, test and add, over the press and on stored pages."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.scouting import new_source
from crawler.sources import Source, load_sources
from crawler.warc import Archive, Exchange
from flows.cli import main
from flows.look.adding import add_source, unknown_as
from flows.look.source_file import write_entry
from lake.errors import ConfigError
from press import BASE, Faults, Press
from tests.flows.conftest import collect, settings_for

QUICK = json.dumps({"DOWNLOAD_DELAY": 0})


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with Press(BASE, Faults(specials={"html_feed", "broken_feed"})) as running:
        yield running


@pytest.fixture
def env(press: Press, tmp_path: Path) -> dict[str, str]:
    return {
        "TAAR_SOURCE_PACK": str(press.sources_file),
        "TAAR_HOST_MAP": json.dumps(press.host_map),
        "TAAR_CA_FILE": str(press.ca_file),
        "TAAR_CRAWL_OVERRIDES": QUICK,
        "TAAR_LAKE": str(tmp_path / "lake"),
    }


def taar(env: dict[str, str], *args: str) -> Result:
    return CliRunner().invoke(main, list(args), env=env)


def test_check_tells_what_each_source_gives(env: dict[str, str]) -> None:
    done = taar(env, "sources", "check", "janrekha", "vindhyatara", "samvadkendra", "--json")
    assert done.exit_code == 0, done.output
    looks = {look["id"]: look for look in json.loads(done.output)}
    assert list(looks) == ["janrekha", "vindhyatara", "samvadkendra"]
    for look in looks.values():
        assert look["reachable"]
        assert look["why_not"] is None
        assert look["pages"] == len(look["articles"]) == 3
        assert all(a["language"] == "hi" and a["title"] for a in look["articles"])
    feeds = {f["url"]: f for f in looks["janrekha"]["feeds"]}
    assert "not_a_feed" in feeds["http://janrekha.press.test/videos/feed/"]["why_not"]
    assert feeds["http://janrekha.press.test/feed/"]["entries"] > 50


def test_check_prints_a_table_and_why_not(
    env: dict[str, str], press: Press, tmp_path: Path
) -> None:
    pack = tmp_path / "pack.yaml"
    text = press.sources_yaml().replace("janrekha.press.test", "gone.invalid")
    pack.write_text(text, encoding="utf-8")
    done = taar({**env, "TAAR_SOURCE_PACK": str(pack)}, "sources", "check", "janrekha")
    assert done.exit_code == 0, done.output
    assert "0 of 3" in done.output
    assert "dns" in done.output


def test_add_follows_robots_txt_to_sitemaps(press: Press, tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text("sources: []\n", encoding="utf-8")
    settings = settings_for(
        press, tmp_path, source_pack=pack, crawl_overrides={"DOWNLOAD_DELAY": 0}
    )
    home = "http://khabarsagar.press.test/"
    source, look = add_source(settings, home, "Khabar Sagar", now=BASE)
    assert [(f.url, f.kind) for f in source.feeds] == [(home + "sitemap.xml", "sitemap")]
    assert len(look.articles) == 3


def test_add_finds_previews_and_writes(env: dict[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text("sources: []\n", encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    env = {**env, "TAAR_SOURCE_PACK": str(pack)}
    for number, (url, feed) in enumerate(
        [
            ("http://janrekha.press.test/", "/feed/json/"),  # Named by link elements.
            ("http://vindhyatara.press.test/", "/"),  # Named by nobody: articles by their looks.
        ],
        start=1,
    ):
        done = taar(env, "sources", "add", url, "--to", str(mine), "--json")
        assert done.exit_code == 0, done.output
        result = json.loads(done.output)
        assert len(result["look"]["articles"]) == 3
        written = load_sources(mine)
        assert len(written) == number
        assert url.rstrip("/") + feed in [f.url for f in written[-1].feeds]
        assert written[-1].status == "verified"
        env["TAAR_SOURCES"] = str(mine)
    # The file that is named may be yet to be made.
    fresh = tmp_path / "new" / "fresh.yaml"
    made = taar(
        {**env, "TAAR_SOURCES": str(fresh)}, "sources", "add", "http://janrekha.press.test/"
    )
    assert made.exit_code == 0, made.output
    assert [source.id for source in load_sources(fresh)] == ["janrekha"]
    # Of another that is not there, the mistake is told.
    gone = {**env, "TAAR_SOURCES": str(tmp_path / "gone.yaml")}
    refused = taar(gone, "sources", "add", "http://janrekha.press.test/", "--to", str(mine))
    assert refused.exit_code == 2
    assert "gone.yaml" in refused.output
    # What it is known as already is said.
    again = taar(env, "sources", "add", "http://www.janrekha.press.test/")
    assert again.exit_code == 2
    assert "janrekha" in again.output
    before = mine.read_bytes()
    dry = taar(env, "sources", "add", "https://udgam.press.test/", "--dry-run", "--name", "Udgam")
    assert dry.exit_code == 0, dry.output
    assert "name: Udgam" in dry.output
    assert "words" in dry.output
    assert mine.read_bytes() == before


@pytest.fixture
def no_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the site was visited")

    monkeypatch.setattr("flows.look.adding.run_look", never)


MINE = """\
sources:
  - id: mine  # My own.
    name: Mine
    home: http://mine.press.test/
  - id: udgam
    enabled: false
"""


@pytest.mark.usefixtures("no_visit")
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_add_refuses_before_the_visit_what_stands_in_the_file(
    env: dict[str, str], tmp_path: Path, dry: tuple[str, ...]
) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(MINE, encoding="utf-8")
    home = "http://www.mine.press.test/"
    done = taar(env, "sources", "add", home, "--to", str(mine), *dry)
    assert done.exit_code == 2
    assert "known as source 'mine'" in done.output
    assert f"where:  {mine}" in done.output
    taken = taar(env, "sources", "add", "http://x.test/", "--id", "mine", "--to", str(mine), *dry)
    assert (taken.exit_code, "choose another with --id" in taken.output) == (2, True)
    wrong = taar(env, "sources", "add", "http://x.test/", "--id", "Mi ne", "--to", str(mine), *dry)
    assert (wrong.exit_code, "an id has lower-case letters" in wrong.output) == (2, True)
    assert mine.read_text(encoding="utf-8") == MINE


@pytest.mark.usefixtures("no_visit")
def test_add_refuses_before_the_visit_a_file_that_cannot_be_written(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    for target in (tmp_path, file / "x.yaml", file / "y" / "x.yaml"):
        done = taar(env, "sources", "add", "http://x.press.test/", "--to", str(target))
        assert (done.exit_code, f"where:  {target}" in done.output) == (2, True), done.output


def test_an_entry_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "pack.yaml"
    udgam = "sources: [{id: udgam, name: Udgam, home: http://udgam.press.test/}]\n"
    pack.write_text(udgam, encoding="utf-8")
    file, link = tmp_path / "mine.yaml", tmp_path / "link.yaml"
    file.write_text(MINE, encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("flows.look.source_file.write_file", full)
        with pytest.raises(ConfigError, match="disk is full"):
            write_entry(new_source("http://x.press.test/"), link, pack)
    assert file.read_text(encoding="utf-8") == MINE
    # A file that only overrides a source of the pack is right, and keeps its comments.
    write_entry(new_source("http://x.press.test/"), link, pack)
    assert [s.id for s in load_sources(pack, file)] == ["udgam", "mine", "x"]
    assert "# My own." in file.read_text(encoding="utf-8")
    assert (link.is_symlink(), file.stat().st_mode & 0o777) == (True, 0o640)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.yaml", "mine.yaml", "pack.yaml"]


def test_publishers_that_share_the_first_part_of_a_name_are_not_taken_for_each_other() -> None:
    first = new_source("https://www.jagran.com/")
    known: dict[str, tuple[Source, Path | None]] = {first.id: (first, None)}
    other = unknown_as(new_source("http://jagran.co.in/"), known, named=False)
    assert (other.id, other.own_hosts) == ("jagran-co-in", ("jagran.co.in",))
    known[other.id] = (other, None)
    with pytest.raises(ConfigError, match="known as source 'jagran'"):
        unknown_as(new_source("http://m.jagran.com/"), known, named=False)
    with pytest.raises(ConfigError, match="known as source 'jagran'"):
        unknown_as(new_source("http://m.jagran.com/", None, "else"), known, named=True)
    with pytest.raises(ConfigError, match="another source has the id 'jagran'") as caught:
        unknown_as(new_source("http://jagran.org/", None, "jagran"), known, named=True)
    assert "--id" in str(caught.value.remedy)


def test_add_says_what_is_wrong(env: dict[str, str]) -> None:
    done = taar(env, "sources", "add", "www.x.in")
    assert (done.exit_code, "home page" in done.output) == (2, True)
    done = taar(env, "sources", "add", "http://nobody.invalid/")
    assert done.exit_code == 2
    assert "cannot be resolved" in done.output


def test_test_tries_files_and_what_is_expected_of_them(
    env: dict[str, str], tmp_path: Path, press: Press
) -> None:
    page = next(p for p in press.web.pages if p.site.id == "udgam" and p.special is None)
    from press.answers import answer

    folder = tmp_path / "pages"
    folder.mkdir()
    body = answer(press.web, page.site, page.path, "", BASE, press.faults).body
    (folder / "a.html").write_bytes(body)
    expected = {"title": page.headline, "published_at": page.published_at.isoformat()}
    said = {"url": page.url, "article": expected}
    (folder / "a.json").write_text(json.dumps(said), encoding="utf-8")
    done = taar(env, "sources", "test", "udgam", str(folder), "--json")
    assert done.exit_code == 0, done.output
    (tried,) = json.loads(done.output)
    assert (tried["outcome"], tried["title"], tried["wrong"]) == ("article", page.headline, [])
    said["article"] = {"title": "कुछ और"}
    (folder / "a.json").write_text(json.dumps(said), encoding="utf-8")
    done = taar(env, "sources", "test", "udgam", str(folder))
    assert done.exit_code == 1
    assert "not 'कुछ और'" in done.output
    (folder / "a.json").write_text("[", encoding="utf-8")
    assert taar(env, "sources", "test", "udgam", str(folder)).exit_code == 2
    assert taar(env, "sources", "test", "udgam", str(tmp_path / "none")).exit_code == 2


def test_test_takes_a_page_of_which_nobody_says_the_url_for_an_article(
    env: dict[str, str], tmp_path: Path, press: Press
) -> None:
    from press.answers import answer

    page = next(p for p in press.web.pages if p.site.id == "udgam" and p.special is None)
    file = tmp_path / "पन्ना एक.html"
    file.write_bytes(answer(press.web, page.site, page.path, "", BASE, press.faults).body)
    (tried,) = json.loads(taar(env, "sources", "test", "udgam", str(file), "--json").output)
    assert (tried["outcome"], tried["title"]) == ("article", page.headline)
    assert tried["url"].endswith(
        "/%E0%A4%AA%E0%A4%A8%E0%A5%8D%E0%A4%A8%E0%A4%BE%20%E0%A4%8F%E0%A4%95.html"
    )
    named = taar(env, "sources", "test", "udgam", str(file), "--url", page.url, "--json")
    assert json.loads(named.output)[0]["url"] == page.url
    for wrong in (["--url", "udgam"], ["--url", page.url, str(file)]):
        done = taar(env, "sources", "test", "udgam", str(file), *wrong)
        assert (done.exit_code, "where:  --url" in done.output) == (2, True)


@pytest.mark.parametrize("words", [("test", "nosuch"), ("check", "nosuch")])
def test_an_unknown_source_is_told_of_the_argument(
    words: tuple[str, ...], env: dict[str, str]
) -> None:
    done = taar(env, "sources", *words)
    assert done.exit_code == 2
    assert "where:  ID" in done.output


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "https://localhost/",
        "http://[::1]/",
        "http://10.0.0.8/",
    ],
)
def test_a_private_address_is_refused_before_a_crawl_starts(
    url: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a crawl was started")

    monkeypatch.setattr("flows.look.adding.run_look", never)
    monkeypatch.setattr("flows.look.page.run_look", never)
    for words in (["sources", "add", url, "--dry-run"], ["extract", url]):
        done = taar(env, *words)
        assert done.exit_code == 2, done.output
        assert "is not public" in done.output


def test_test_takes_the_archive_of_the_lake(
    env: dict[str, str], press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path)
    collect(settings, BASE)
    done = taar({**env, "TAAR_LAKE": settings.lake}, "sources", "test", "udgam", "--json")
    assert done.exit_code == 0, done.output
    tried = json.loads(done.output)
    assert len(tried) == 20
    assert {t["outcome"] for t in tried} == {"article"}
    none = taar({**env, "TAAR_LAKE": settings.lake}, "sources", "test", "nobody")
    assert none.exit_code == 2


def test_test_tells_of_archives_that_cannot_be_read(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "bad.warc.gz"
    for content in (b"", b"nonsense " * 40, b"\x1f\x8bnonsense"):
        file.write_bytes(content)
        done = taar(env, "sources", "test", "udgam", str(file))
        assert done.exit_code == 2
        assert "no page can be read in it" in done.output
        assert str(file) in done.output.replace("\n", "")
    headers = [("Content-Type", "text/html; charset=utf-8")]
    with Archive(tmp_path / "torn.warc.gz", "Taar/1") as archive:
        for n in range(2):
            at = archive.add(
                Exchange(
                    url=f"http://udgam.press.test/{n}",
                    at=BASE,
                    request_headers=[],
                    status=200,
                    protocol="HTTP/1.1",
                    headers=headers,
                    body=b"<p>x</p>",
                )
            )
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(torn.read_bytes()[: at + 40])
    done = taar(env, "sources", "test", "udgam", str(torn), "--json")
    assert done.exit_code == 0, done.output
    first, rest = json.loads(done.output)
    assert first["url"] == "http://udgam.press.test/0"
    assert rest["name"] == f"torn.warc.gz@{at}"
    assert rest["outcome"].startswith("damaged: the file ends within")
