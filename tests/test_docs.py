"""The documentation keeps what it promises: its code runs, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.settings import ROOT
from press import BASE, Press
from tests.flows.conftest import collect, link, settings_for

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake in ./data, as `taar collect` leaves one."""
    place = tmp_path_factory.mktemp("docs")
    with Press() as press:
        settings = settings_for(press, place, lake=str(place / "data"))
        collect(settings, BASE, only=["janrekha"])
        link(settings, BASE)
    return place


def test_the_readme_reads_the_data_as_it_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    recipes = blocks(ROOT / "README.md", "python")
    assert len(recipes) == 2
    for recipe in recipes:
        *body, last = recipe.strip().splitlines()
        names: dict[str, object] = {}
        exec("\n".join(body), names)
        answer = eval(last, names)
        assert len(answer) > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_query_in_the_docs_runs(
    page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for shell in blocks(page, "sh"):
        for query in re.findall(r'taar sql "([^"]+)"', shell):
            result = CliRunner().invoke(main, ["sql", query, "--lake", "data"])
            assert result.exit_code == 0, result.output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_the_docs_is_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for shell in blocks(page, "sh"):
        for target in re.findall(r"^(?:.*&& )?make ([a-z-]+)", shell, re.MULTILINE):
            assert f"\n{target}:" in makefile, target
        for words in re.findall(r"\.venv/bin/taar ((?:[a-z-]+ ?)+)", shell):
            command: object = main
            for word in words.split():
                found = getattr(command, "commands", {}).get(word)
                if found is None:
                    break
                command = found
            assert command is not main, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_docs_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_changelog_speaks_of_the_schema_in_force() -> None:
    from lake.schema import SCHEMA_VERSION

    assert f"Schema version {SCHEMA_VERSION}." in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_the_docs_name_is_there(page: Path) -> None:
    named = set(re.findall(r"`([a-z_/]+\.py)`", page.read_text(encoding="utf-8")))
    rooms = ["crawler", "dedup", "lake", "flows", "press", "tests", "benchmarks"]
    paths = {path.as_posix() for room in rooms for path in (ROOT / room).rglob("*.py")}
    for name in sorted(named):
        assert any(path.endswith("/" + name) for path in paths), f"{name} is not there"
