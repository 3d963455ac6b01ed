"""The command taar as a person or a script meets it: output, messages, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from flows.commands import tables
from press import BASE, Press
from tests.flows.conftest import collect, environment, link, settings_for

URLS = "select url from latest order by url limit 2"
TEXT = (
    "भोपाल में रविवार को शहर की नई बस सेवा शुरू हुई। मंत्री ने कहा कि पहले चरण में पचास बसें "
    "चलेंगी और अगले महीने इनकी संख्या दोगुनी कर दी जाएगी। यात्रियों ने किराये को लेकर मिली-जुली "
    "प्रतिक्रिया दी और कुछ ने समय-सारणी पर सवाल उठाए।"
)


def taar(*args: str, **env: str) -> Result:
    return CliRunner().invoke(main, list(args), env=env)


def test_help_needs_no_heavy_library() -> None:
    code = (
        "import sys; from flows.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'scrapy', 'pyarrow', 'numpy', 'duckdb', 'boto3', 'datasketch'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in (
        "collect",
        "demo",
        "link",
        "maintain",
        "sources",
        "dedup",
        "sql",
        "export",
        "verify",
        "reextract",
        "doctor",
    ):
        assert f"  {command} " in done.stdout


def test_every_command_helps_with_an_example() -> None:
    def walk(group: object, path: tuple[str, ...]) -> None:
        for name, command in getattr(group, "commands", {}).items():
            if hasattr(command, "commands"):
                walk(command, (*path, name))
            else:
                shown = taar(*path, name, "--help")
                assert shown.exit_code == 0
                assert "Example: taar " + " ".join((*path, name)) in shown.output

    walk(main, ())


@pytest.mark.parametrize(
    ("args", "env", "words"),
    [
        (["collect"], {"TAAR_LAKE": "gopher://x"}, ["gopher://", "remedy"]),
        (["collect"], {"TAAR_LAKE": "/dev/null"}, ["/dev/null", "remedy"]),
        (["collect"], {"TAAR_LAKE": "~nobodyx/lake"}, ["~nobodyx", "remedy"]),
        (["collect"], {"TAAR_LAKE": "s3://Bad_Bucket!/x"}, ["Bad_Bucket!", "remedy"]),
        (
            ["collect"],
            {"TAAR_LAKE": "s3://b/x", "AWS_PROFILE": "nosuch", "AWS_CONFIG_FILE": "/dev/null"},
            ["nosuch", "AWS_PROFILE", "remedy"],
        ),
        (["collect"], {"TAAR_COPY_WINDOW_DAYS": "1e12"}, ["TAAR_COPY_WINDOW_DAYS", "remedy"]),
        (["collect"], {"TAAR_BUDGET_S": "soon"}, ["TAAR_BUDGET_S", "soon", "remedy"]),
        (["collect"], {"TAAR_CONTACT": "nobody"}, ["TAAR_CONTACT", "e-mail", "remedy"]),
        (["collect", "--source", "nope"], {}, ["nope", "taar sources list"]),
        (["sources", "list"], {"TAAR_SOURCES": "/no/such.yaml"}, ["/no/such.yaml", "remedy"]),
        (["sql", "select 1", "--lake", "/no/such/lake"], {}, ["/no/such/lake", "remedy"]),
        (["dedup", "pairs", TEXT], {}, ["remedy"]),
        (["dedup", "pairs", "no-file.txt", "other.txt"], {}, ["no-file.txt", "check the path"]),
        (["demo", "--lake", "/dev/null"], {}, ["/dev/null", "folder"]),
    ],
)
def test_wrong_use_is_told_clearly(
    args: list[str], env: dict[str, str], words: list[str], tmp_path: Path
) -> None:
    if args[0] == "collect":
        args = [*args, "--no-prefect"]
    place = {"TAAR_LAKE": str(tmp_path / "lake"), "TAAR_CACHE": str(tmp_path / "cache")}
    result = taar(*args, **{**place, **env})
    assert result.exit_code == 2, result.output
    for word in words:
        assert word in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "args", [["sql"], ["collect", "--source"], ["export", "--out"], ["dedup", "pairs", TEXT]]
)
def test_an_argument_that_is_no_text_is_refused(args: list[str]) -> None:
    result = taar(*args, os.fsdecode(b"a\xff b c"))
    assert result.exit_code == 2, result.output
    assert "a\\xff b c is not utf-8" in result.output


def test_what_is_printed_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "sql", "select 'ख़बर' as x", "--csv"]
    env = {**os.environ, "PYTHONIOENCODING": "latin-1", "TAAR_LAKE": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    assert done.stdout.decode().split() == ["x", "ख़बर"]


def test_a_malformed_source_file_is_named_with_its_line(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("sources:\n  - id: ek\n    name: Ek\n    home: http://ek.test/\n    fed: []\n")
    result = taar("sources", "list", TAAR_SOURCES=str(mine))
    assert result.exit_code == 2
    assert f"{mine}:5" in result.output
    assert "fed" in result.output


def test_sources_list_shows_the_source_pack() -> None:
    result = taar("sources", "list", "--json")
    assert result.exit_code == 0
    listed = json.loads(result.output)
    assert len(listed) >= 40
    assert {"id", "name", "feeds", "status"} <= set(listed[0])
    assert "amarujala" in taar("sources", "list").output


def test_pairs_are_explained(tmp_path: Path) -> None:
    one = tmp_path / "one.txt"
    one.write_text(TEXT, encoding="utf-8")
    result = taar("dedup", "pairs", str(one), TEXT.replace("पचास", "साठ"), "--json")
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert found["kind"] == "near"
    assert {"jaccard", "containment", "cosine", "why"} <= set(found)
    shown = taar("dedup", "pairs", str(one), TEXT)
    assert "exact" in shown.output
    long = " ".join(f"शब्द{n}" for n in range(400))
    shown = taar("dedup", "pairs", long, long)
    assert "(350 words)" in shown.output
    assert "शब्द399" in shown.output
    three = json.loads(taar("dedup", "pairs", TEXT, TEXT, TEXT, "--json").output)
    assert [pair["kind"] for pair in three] == ["exact"] * 3


def test_headlines_of_texts_count_for_their_cosine() -> None:
    pair = ["dedup", "pairs", TEXT, " ".join(TEXT.split()[:30])]
    titled = [*pair, "--title", "तालाब में नौकाएं", "--title", "पुल पर यातायात"]
    without, with_titles = (json.loads(taar(*args, "--json").output) for args in (pair, titled))
    assert with_titles["cosine"] < without["cosine"]
    assert with_titles["jaccard"] == without["jaccard"]
    assert with_titles["stored"] is None
    wrong = taar(*pair, "--title", "एक")
    assert wrong.exit_code == 2
    assert "1 headlines are given for 2 texts" in wrong.output


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes("भोपाल".encode("utf-16"))
    result = taar("dedup", "pairs", str(bad), TEXT)
    assert result.exit_code == 2
    assert str(bad) in result.output
    assert "UTF-8" in result.output


def test_sql_answers_in_tables_and_json(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    collect(settings, BASE, only=["janrekha"])
    link(settings, BASE)
    lake = ["--lake", settings.lake]
    query = "select source_id, count(*) as n from articles group by 1"
    (row,) = json.loads(taar("sql", query, *lake, "--json").output)
    assert row["source_id"] == "janrekha"
    assert row["n"] > 0
    shown = taar("sql", query, *lake)
    assert "janrekha" in shown.output
    assert "1 row\n" in shown.output
    # Forty columns fit no terminal: a line for each cell, and none of them is lost.
    narrow = taar("sql", "select * from articles limit 2", *lake, COLUMNS="80")
    cells = [line.split(maxsplit=1) for line in narrow.output.splitlines()]
    assert ["source_id", "janrekha"] in [[word.strip() for word in cell] for cell in cells]
    assert sum(cell[:1] == ["warc_offset"] for cell in cells) == 2
    wrong = taar("sql", "select colour from articles", *lake)
    assert wrong.exit_code == 2
    assert "colour" in wrong.output
    for view in ("latest", "originals", "fetches", "source_runs", "relations", "families"):
        assert taar("sql", f"select * from {view} limit 1", *lake).exit_code == 0
    _pairs_are_explained_as_the_lake_has_them(lake)


def _pairs_are_explained_as_the_lake_has_them(lake: list[str]) -> None:
    pairs = "select article_id, other_id, 'thread' as kind, cosine from threads union all by name "
    pairs += "select article_id, other_id, kind, cosine from relations where kind <> 'roundup'"
    for pair in json.loads(taar("sql", f"{pairs} limit 4", *lake, "--json").output):
        both = [pair["article_id"], pair["other_id"]]
        one = json.loads(taar("dedup", "pairs", *both, *lake, "--json").output)
        assert one["kind"] == one["stored"] == pair["kind"]
        assert one["cosine"] == pytest.approx(pair["cosine"], abs=1e-6)
        assert one["changes"] == []
    other = taar("dedup", "pairs", *both, *lake, TAAR_NEAR_JACCARD="0.75", COLUMNS="200")
    assert "other settings: near_jaccard was 0.5, and is 0.75 now" in other.output
    urls = [r["url"] for r in json.loads(taar("sql", URLS, *lake, "--json").output)]
    one = json.loads(taar("dedup", "pairs", urls[0] + "#top", urls[1], *lake, "--json").output)
    assert one["first"].startswith("janrekha: ")
    for args, told in (
        ([urls[0], urls[0]], "this is one article"),
        ([urls[0], "0" * 32], "the lake has no article 000"),
        ([*urls, "--title", "एक", "--title", "दो"], "headlines of their own"),
    ):
        wrong = taar("dedup", "pairs", *args, *lake)
        assert wrong.exit_code == 2, wrong.output
        assert told in wrong.output


def test_collect_by_hand_reports_and_fails_honestly(press: Press, tmp_path: Path) -> None:
    env = environment(settings_for(press, tmp_path))
    done = taar("collect", "--no-prefect", "--json", "--source", "janrekha", **env)
    assert done.exit_code == 0, done.output
    summary = json.loads(done.output)
    assert summary["published"] > 0
    assert sum(summary["outcomes"].values()) == summary["taken_up"]
    again = taar("collect", "--no-prefect", "--source", "janrekha", **env)
    assert again.exit_code == 0
    assert "Nothing of janrekha was due; the next is due at 2" in again.output
    press.faults.down = True
    failed = taar("collect", "--no-prefect", "--source", "udgam", **env)
    assert failed.exit_code == 1
    assert "    udgam: " in failed.output
    assert "taar demo" in failed.output
    assert "Traceback" not in failed.output


def test_demo_runs_the_flows_and_matches_the_truth(tmp_path: Path) -> None:
    """The demo is the flows under Prefect with its embedded server: one test for all of it."""
    lake = tmp_path / "demo"
    command = [sys.executable, "-m", "flows.cli", "demo", "--json", "--lake", str(lake)]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["lake"] == str(lake)
    first, second = result["runs"]
    for run in (first, second):
        assert sum(run["outcomes"].values()) == run["taken_up"]
        assert 0 < run["seconds"] < time.monotonic() - started
    assert second["published"] < 20 < first["published"]
    assert second["updated"] == 1
    for kind, floor in (("exact", 0.98), ("near", 0.98), ("partial", 0.9)):
        assert result["truth"][kind]["precision"] >= floor
        assert result["truth"][kind]["recall"] >= floor
    assert result["articles"] == first["published"] + second["published"] + second["updated"]
    # A folder that a demo made is made anew; any other is left alone.
    (lake / ".taar-demo").unlink()
    refused = taar("demo", "--lake", str(lake))
    assert refused.exit_code == 2
    assert "not empty" in refused.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    ("args", "unbuffered"),
    [
        (["sql", "select 1"], ""),
        (["sql", "select 1", "--csv"], ""),
        (["sql", "select 1", "--json"], "1"),
        (["verify"], "1"),
        (["--help"], ""),
    ],
)
def test_output_that_cannot_be_written_is_told_in_a_line(
    args: list[str], unbuffered: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "flows.cli", *args]
    env = {**os.environ, "TAAR_LAKE": str(tmp_path), "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=env
        )
    assert done.returncode == 1
    (told,) = [line for line in done.stderr.splitlines() if "no runs here yet" not in line]
    assert told == "taar: the output cannot be written: No space left on device"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    query = "select * from range(100000)"
    for form in ("--csv", "--json"):
        command = [sys.executable, "-m", "flows.cli", "sql", query, form, "--lake", str(tmp_path)]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": ""},  # Python then loses the error of a write.
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.read(1)
            process.stdout.close()
            told = process.stderr.read()
        assert process.returncode == 1
        assert [line for line in told.splitlines() if "no runs here yet" not in line] == []


def test_a_folder_without_runs_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    result = taar("sql", "select count(*) as n from articles", "--json", "--lake", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == [{"n": 0}]
    (told,) = caplog.messages
    assert "no runs here yet" in told
    assert str(tmp_path) in told


@pytest.mark.parametrize("by_name", [True, False])
def test_the_command_is_told_as_it_was_called(
    by_name: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "taar"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", str(tmp_path) if by_name else "/nowhere")
    assert tables.called() == ("taar" if by_name else str(program))
    monkeypatch.setattr("sys.argv", [str(tmp_path / "cli.py"), "demo"])
    assert tables.called() == "taar"


@pytest.mark.parametrize("args", [("doctor",), ("sql", "select 1")])
def test_a_folder_that_is_gone_is_one_message(tmp_path: Path, args: tuple[str, ...]) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = Path(sys.executable).with_name("taar")
    script = 'rmdir "$PWD" && exec "$0" "$@"'
    done = subprocess.run(
        ["sh", "-c", script, str(program), *args],
        cwd=gone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "is not there any more" in done.stderr
    assert str(gone) in done.stderr
    assert "Traceback" not in done.stderr
