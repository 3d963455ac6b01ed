"""The press as a client meets it."""

from __future__ import annotations

import http.client
import ssl
import time
from collections import defaultdict
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest

from press import BASE, Faults, Press
from press.dates import IST
from tests.press.client import Reply, ask, connection, get

_STATUS = {"http_4xx": 404, "http_5xx": 500}


def special(press: Press, name: str) -> str:
    return next(p.url for p in press.web.pages if p.special == name)


def test_every_listed_page_answers_as_the_truth_says(press: Press) -> None:
    by_host: dict[tuple[str, str], list[str]] = defaultdict(list)
    truth = press.truth()
    for url in truth.articles:
        by_host[urlsplit(url).scheme, urlsplit(url).netloc].append(url)
    assert len(by_host) == 6
    for (scheme, host), urls in by_host.items():
        with connection(press, scheme, host) as opened:
            for url in urls:
                article, reply = truth.articles[url], ask(opened, url)
                assert reply.status == _STATUS.get(article.outcome, 200), url
                if reply.status == 200:
                    _shows(reply.text, article.title, article.paragraphs)


def _shows(html: str, title: str, paragraphs: tuple[str, ...]) -> None:
    import html as entities

    text = entities.unescape(html)
    assert title in text
    for paragraph in paragraphs:
        # A link to a topic may stand inside; the beginning and the end do not have one both.
        assert paragraph[:25] in text or paragraph[-25:] in text


def test_pages_that_are_not_out_yet_answer_404(press: Press) -> None:
    late = next(p for p in press.web.pages if p.published_at > BASE)
    assert get(press, late.url).status == 404
    press.set_now(late.published_at)
    assert get(press, late.url).status == 200


def test_sites_are_told_apart_by_host(press: Press) -> None:
    homes = {site.id: get(press, site.home) for site in press.sites}
    assert {r.status for r in homes.values()} == {200}
    for site in press.sites:
        assert site.name in homes[site.id].text
    assert get(press, "http://nobody.press.test/").status == 421


def test_tls_is_verified_with_the_authority_of_this_press(press: Press) -> None:
    assert get(press, "https://udgam.press.test/").status == 200
    plain = get(press, "http://udgam.press.test/desh/?x=1")
    assert (plain.status, plain.headers["location"]) == (301, "https://udgam.press.test/desh/?x=1")
    _, _, port = press.host_map["*.press.test"]["443"].partition(":")
    stranger = http.client.HTTPSConnection(
        "127.0.0.1", int(port), context=ssl.create_default_context(), timeout=10
    )
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.request("GET", "/")
    stranger.close()


def test_the_wordpress_theme_wants_a_slash_at_the_end(press: Press) -> None:
    reply = get(press, "http://janrekha.press.test/some-page")
    assert (reply.status, reply.headers["location"]) == (301, "/some-page/")


def test_requests_are_logged(press: Press) -> None:
    get(press, "http://pathdarpan.press.test/feeds.xml?x=1", {"User-Agent": "tests"})
    get(press, "http://pathdarpan.press.test/none")
    first, second = press.requests
    assert (first.host, first.path, first.status) == (
        "pathdarpan.press.test",
        "/feeds.xml?x=1",
        200,
    )
    assert first.headers["User-Agent"] == "tests"
    assert second.status == 404
    assert first.monotonic <= second.monotonic <= time.monotonic()
    assert first.wall.tzinfo is not None


def test_two_presses_at_once_do_not_clash(press: Press) -> None:
    with Press(datetime(2023, 9, 16, 20, tzinfo=IST), Faults.none()) as other:
        assert other.host_map != press.host_map
        assert other.ca_file != press.ca_file
        feed = "http://pathdarpan.press.test/feeds.xml"
        assert get(other, feed).text.count("<item>") == 1
        assert get(press, feed).text.count("<item>") > 30
        assert get(other, "https://udgam.press.test/").status == 200
        folder = other.folder
        assert other.sources_file.exists()
        with pytest.raises(RuntimeError, match="serves already"):
            other.start()
    assert not folder.exists()
    with pytest.raises(RuntimeError, match="does not serve"):
        _ = other.host_map
    with pytest.raises(RuntimeError, match="does not serve"):
        _ = other.folder
    other.stop()


def test_a_press_can_be_started_again() -> None:
    press = Press(faults=Faults.none())
    for _ in range(2):
        with press:
            assert get(press, "http://janrekha.press.test/").status == 200


def test_the_clock_may_be_a_function_and_needs_a_zone() -> None:
    times = iter([BASE, BASE + timedelta(hours=1)])
    press = Press(lambda: next(times))
    assert press.now < press.now
    with pytest.raises(ValueError, match="no time zone"):
        press.set_now(datetime(2024, 11, 22))  # noqa: DTZ001 - the mistake that is tested


# --- Validators ------------------------------------------------------------------------------


def test_feeds_answer_304_until_something_new_is_out(press: Press) -> None:
    late = next(p for p in press.web.pages if p.published_at > BASE and p.site.id == "pathdarpan")
    assert late.published_at <= BASE + timedelta(minutes=30)
    url = "http://pathdarpan.press.test/feeds.xml"
    first = get(press, url)
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    again = get(press, url, {"If-None-Match": tag})
    assert (again.status, again.raw) == (304, b"")
    since = get(press, url, {"If-Modified-Since": first.headers["last-modified"]})
    assert since.status == 304
    press.set_now(BASE + timedelta(minutes=30))
    assert get(press, url, {"If-None-Match": tag}).status == 200
    assert get(press, url, {"If-Modified-Since": first.headers["last-modified"]}).status == 200


def test_a_wrong_tag_or_date_gets_the_whole_feed(press: Press) -> None:
    url = "http://pathdarpan.press.test/feeds.xml"
    dated = {"If-Modified-Since": get(press, url).headers["last-modified"]}
    assert get(press, url, {"If-None-Match": '"other"', **dated}).status == 200
    assert get(press, url, {"If-Modified-Since": "yesterday"}).status == 200
    assert get(press, url, {"If-None-Match": "*"}).status == 304


def test_pages_have_weak_validators(press: Press) -> None:
    page = next(p for p in press.web.pages if p.site.id == "pathdarpan" and p.special is None)
    reply = get(press, page.url)
    assert reply.headers["etag"].startswith("W/")
    press.set_now(BASE + timedelta(minutes=30))
    assert get(press, page.url, {"If-None-Match": reply.headers["etag"]}).status == 304


def test_the_theme_with_the_date_of_today_changes_daily(press: Press) -> None:
    page = next(p for p in press.web.pages if p.site.id == "janrekha" and p.carry == "whole")
    today = get(press, page.url)
    assert "Fri. Nov 22nd, 2024" in today.text
    assert "last-modified" not in today.headers
    press.set_now(BASE + timedelta(days=1))
    tomorrow = get(press, page.url, {"If-None-Match": today.headers["etag"]})
    assert tomorrow.status == 200
    assert "Sat. Nov 23rd, 2024" in tomorrow.text


def test_html_is_compressed_for_those_who_take_it(press: Press) -> None:
    plain = get(press, "http://janrekha.press.test/")
    packed = get(press, "http://janrekha.press.test/", {"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == plain.body
    assert len(packed.raw) < len(plain.raw)


# --- Specials --------------------------------------------------------------------------------


def test_the_page_that_answers_500_heals_by_the_clock(press: Press) -> None:
    url = special(press, "server_error")
    assert [get(press, url).status for _ in range(3)] == [500] * 3
    press.set_now(BASE + timedelta(minutes=10))
    assert get(press, url).status == 200


def test_the_page_that_answers_500_heals_after_some_requests() -> None:
    with Press(faults=Faults(heal_after=2, heal_at=None)) as press:
        url = special(press, "server_error")
        assert [get(press, url).status for _ in range(4)] == [500, 500, 200, 200]


def test_the_slow_page_takes_its_time_and_no_other_waits(press: Press) -> None:
    press.faults.slow_s = 3.0
    began = time.monotonic()
    assert get(press, "http://vindhyatara.press.test/").status == 200
    assert time.monotonic() - began < 3.0
    assert get(press, special(press, "slow")).status == 200
    assert time.monotonic() - began >= 3.0


def test_robots_forbid_one_listed_page(press: Press) -> None:
    for site in press.sites:
        robots = RobotFileParser()
        robots.parse(get(press, site.home + "robots.txt").text.splitlines())
        for page in press.web.pages:
            if page.site is site:
                allowed = robots.can_fetch("taar", page.url)
                assert allowed == (page.special != "forbidden"), page.url


def test_one_article_under_several_addresses(press: Press) -> None:
    page = next(p for p in press.web.pages if p.special == "addresses")
    assert len(page.aliases) == 2
    for alias in page.aliases:
        reply = get(press, f"https://udgam.press.test{alias}")
        assert reply.status == 200
        assert f'<link rel="canonical" href="{page.url}">' in reply.text
    assert press.truth().aliases == {
        f"https://udgam.press.test{alias}": page.url for alias in page.aliases
    }


def test_the_changing_page(press: Press) -> None:
    url = special(press, "changes")
    before = get(press, url)
    press.set_now(BASE + timedelta(minutes=20))
    after = get(press, url, {"If-None-Match": before.headers["etag"]})
    assert after.status == 200
    assert "जांच दल" in after.text
    assert "जांच दल" not in before.text
    assert '"dateModified": "2024-11-22T09:15:00+05:30"' in after.text
    assert '"datePublished": "2024-11-22T08:20:00+05:30"' in after.text


def test_the_page_whose_chrome_changes(press: Press) -> None:
    url = special(press, "chrome")
    article = press.truth().articles[url]
    before = get(press, url)
    press.set_now(BASE + timedelta(minutes=1))
    after = get(press, url, {"If-None-Match": before.headers["etag"]})
    assert after.status == 200
    assert before.body != after.body
    for paragraph in article.paragraphs:
        assert paragraph in before.text
        assert paragraph in after.text


def test_specials_that_are_off_are_not_there_or_ordinary(press: Press) -> None:
    press.faults = Faults.none()
    assert get(press, special(press, "marathi")).status == 404
    assert get(press, special(press, "server_error")).status == 200
    assert "ग्वारीघाट" in get(press, special(press, "changes")).text
    with pytest.raises(ValueError, match="unknown specials: ghost"):
        Faults(specials={"ghost"})


# --- Faults ----------------------------------------------------------------------------------


def test_connections_are_reset(press: Press) -> None:
    press.faults.reset.add("janrekha.press.test/feed*")
    with pytest.raises(OSError, match=r"reset|closed"):
        get(press, "http://janrekha.press.test/feed/")
    assert press.requests[-1].status == 0
    assert get(press, "http://janrekha.press.test/").status == 200


def test_all_sites_are_down(press: Press) -> None:
    press.faults.down = True
    for site in press.sites:
        with pytest.raises(OSError, match=r"reset|closed|EOF"):
            get(press, site.home)


def test_a_body_breaks_off(press: Press) -> None:
    press.faults.truncate.add("pathdarpan.press.test/*")
    with pytest.raises(http.client.IncompleteRead):
        get(press, "http://pathdarpan.press.test/feeds.xml")


def test_busy_for_some_requests() -> None:
    with Press(faults=Faults(busy={"udgam.press.test/feed/*": 30}, busy_times=2)) as busy:
        replies: list[Reply] = [
            get(busy, "https://udgam.press.test/feed/latest.atom") for _ in range(3)
        ]
    assert [r.status for r in replies] == [503, 503, 200]
    assert replies[0].headers["retry-after"] == "30"


def test_busy_for_ever_other_statuses_and_delays(press: Press) -> None:
    press.faults.busy["*/feeds.xml"] = 5
    assert {get(press, "http://pathdarpan.press.test/feeds.xml").status for _ in range(3)} == {503}
    press.faults.statuses["samvadkendra.press.test/*"] = 410
    assert get(press, "http://samvadkendra.press.test/hindi/rss.xml").status == 410
    press.faults.delays["janrekha.press.test/*"] = 0.3
    began = time.monotonic()
    get(press, "http://janrekha.press.test/")
    assert time.monotonic() - began >= 0.3


def test_head_has_no_body(press: Press) -> None:
    reply = get(press, "http://pathdarpan.press.test/feeds.xml", method="HEAD")
    assert (reply.status, reply.raw) == (200, b"")
