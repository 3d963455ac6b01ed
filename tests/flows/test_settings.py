"""Settings: what is refused, and by which name; the table of them in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import settings_page
from flows.opening import dedup_settings
from flows.settings import Settings, load_settings
from lake.errors import ConfigError


def test_the_docs_have_every_setting_as_it_is() -> None:
    page = settings_page.PAGE.read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no description"
        assert f"`TAAR_{name.upper()}`" in page
    assert settings_page.written(page) == page, "write it anew: python -m flows.settings_page"


@pytest.mark.parametrize(
    "contact",
    ["news@example.org", "https://example.org/crawler", "क@example.org", "http://127.0.0.1/"],
)
def test_contacts_that_somebody_can_be_reached_by(contact: str) -> None:
    assert load_settings(contact=contact).contact == contact


@pytest.mark.parametrize(
    "contact",
    ["nobody", "a@b", "@", "a@b.org\r\nX-Evil: 1", "a b@c.org", "http://", "https:///x",
     "a@b.org\n", "<a@b.org>", "ftp://example.org", "a@@b.org"],
)  # fmt: skip
def test_contacts_that_are_none(contact: str) -> None:
    with pytest.raises(ConfigError, match="e-mail") as caught:
        load_settings(contact=contact)
    assert caught.value.where == "TAAR_CONTACT"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COPY_WINDOW_DAYS", "1e12"),
        ("THREAD_WINDOW_DAYS", "inf"),
        ("RECHECK_DAYS", "nan"),
        ("KNOWN_DAYS", "1e300"),
        ("BUDGET_S", "inf"),
        ("KEEP_PAGES_DAYS", "1e12"),
        ("HOST_MAP", "{"),
        ("HOST_MAP", "[1]"),
        ("HOST_MAP", '{"*": {"80": "nowhere"}}'),
        ("HOST_MAP", '{"*": {"http": "127.0.0.1:80"}}'),
        ("HOST_MAP", '{"*": {"80": "127.0.0.1:99999"}}'),
        ("CRAWL_OVERRIDES", "no JSON"),
        ("S3_ADDRESSING_STYLE", "sideways"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TAAR_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert caught.value.where == f"TAAR_{name}"
    assert f"TAAR_{name}" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"THREAD_WINDOW_DAYS": "5"}, "TAAR_THREAD_WINDOW_DAYS"),
        ({"COPY_WINDOW_DAYS": "401"}, "TAAR_COPY_WINDOW_DAYS"),
        ({"COPY_WINDOW_DAYS": "9", "THREAD_WINDOW_DAYS": "8"}, "TAAR_COPY_WINDOW_DAYS"),
        ({"THREAD_WINDOW_DAYS": "5", "KEEP_ARTICLES_DAYS": "10"}, "TAAR_THREAD_WINDOW_DAYS"),
    ],
)
def test_windows_that_do_not_fit_are_refused_when_settings_are_read(
    given: dict[str, str], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"TAAR_{name}", value)
    with pytest.raises(ConfigError, match="copies would be looked for over") as caught:
        load_settings()
    assert (caught.value.where, caught.value.exit_code) == (where, 2)


@pytest.mark.parametrize("share", [5e-324, 0.3, 1.0])
@pytest.mark.parametrize("windows", [(5e-324, 5e-324), (1e-9, 36_500.0), (36_500.0, 36_500.0)])
def test_all_thresholds_that_are_let_through_are_thresholds_of_the_engine(
    share: float, windows: tuple[float, float]
) -> None:
    shares = dict.fromkeys(("near_jaccard", "partial_containment", "thread_cosine"), share)
    given = load_settings(copy_window_days=windows[0], thread_window_days=windows[1], **shares)
    assert dedup_settings(given).near_jaccard == share


def test_a_host_map_for_both_families_of_addresses() -> None:
    given = {"*.press.test": {"80": "127.0.0.1:8080", "443": "[::1]:8443"}}
    assert load_settings(host_map=given).host_map == given


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TAAR_HONOR_RIGHTS", "TAAR_HONOUR_RIGHTS"),
        ("TAAR_KEEP_PAGE_DAYS", "TAAR_KEEP_PAGES_DAYS"),
        ("TAAR_S3_ENDPOINT", "TAAR_S3_ENDPOINT_URL"),
        ("TAAR_BUDGET", "TAAR_BUDGET_S"),
    ],
)
def test_a_misspelt_variable_is_refused(
    name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(ConfigError, match="no setting") as caught:
        load_settings()
    assert caught.value.where == name
    assert meant in str(caught.value.remedy)


def test_other_variables_are_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAAR_GOLD", "1")
    monkeypatch.setenv("taar_shards", "3")
    assert load_settings().shards == 3


def test_paths_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TAAR_CACHE", "~/cache")
    monkeypatch.setenv("TAAR_SOURCES", "~/mine.yaml")
    settings = load_settings()
    assert (settings.cache, settings.sources) == (tmp_path / "cache", tmp_path / "mine.yaml")
    monkeypatch.setenv("TAAR_CACHE", "~nobodyx/cache")
    with pytest.raises(ConfigError, match="home") as caught:
        load_settings()
    assert caught.value.where == "TAAR_CACHE"
