"""The long form: ``python -m tests.chaos --rounds 200``. See docs/operate.md."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.chaos.plans import Round, alone
from tests.chaos.plans import rounds as plans
from tests.chaos.points import STRIKES
from tests.chaos.report import Report
from tests.chaos.rounds import Stage
from tests.chaos.stage import open_stage
from tests.servers import SERVERS


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", default=200, show_default=True, help="Rounds through the pipeline.")
@click.option("--prefect-rounds", default=10, show_default=True, help="Rounds through Prefect.")
@click.option("--seed", default=1, show_default=True, help="Of the dice.")
@click.option("--only", type=int, multiple=True, help="Play these rounds alone.")
@click.option("--s3", "server", type=click.Choice(SERVERS), default="moto")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the report there.")
@click.option("--least", type=int, help="Fail if a harm took place less often [3 in 200 rounds].")
def main(
    rounds: int,
    prefect_rounds: int,
    seed: int,
    only: tuple[int, ...],
    server: str,
    target: Path | None,
    least: int | None,
) -> None:
    """Harm runs in every way there is, and see that nothing is lost and nothing doubled."""
    folder = Path(tempfile.mkdtemp(prefix="taar-chaos-"))
    click.echo(f"seed {seed}, S3 server {server}, work in {folder}")
    if least is None:
        least = 3 if rounds >= 200 and not only else 0
    reports = []
    for through, count in (("pipeline", rounds), ("prefect", prefect_rounds)):
        if count:
            wanted = least if through == "pipeline" else 0
            reports.append(_play(through, count, seed, only, server, folder / through, wanted))
    for report in reports:
        click.echo(report.to_text())
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({r.through: r.to_json() for r in reports}, indent=1))
    rare = reports[0].rare(least) if reports else []
    if rare:
        click.echo(f"hit less than {least} times: {', '.join(rare)}")
    sys.exit(1 if rare or not all(report.clean for report in reports) else 0)


def _play(
    through: str,
    count: int,
    seed: int,
    only: tuple[int, ...],
    server: str,
    folder: Path,
    least: int,
) -> Report:
    chosen = [p for p in plans(max([count, *(n + 1 for n in only)]), seed)
              if not only or p.number in only]  # fmt: skip
    report = Report(through=through, server=server)
    with open_stage(folder, server, whole=any(p.whole for p in chosen),
                    prefect=through == "prefect") as stage:  # fmt: skip
        try:
            for plan in chosen:
                _round(stage, plan, report)
            _play_the_rare(stage, report, seed, least)
        except KeyboardInterrupt:
            click.echo(f"stopped after {report.rounds} rounds")
    return report


def _play_the_rare(stage: Stage, report: Report, seed: int, least: int) -> None:
    """Adds rounds for the harms that took place less than `least` times: each by itself."""
    strikes = {strike.spec: strike for strike in STRIKES}
    for _ in range(least):
        for spec in report.rare(least):
            _round(stage, alone(strikes[spec], report.rounds, seed), report)


def _round(stage: Stage, plan: Round, report: Report) -> None:
    began = time.monotonic()
    troubles = len(report.troubles)
    stage.play(plan, report)
    took = time.monotonic() - began
    report.seconds += took
    click.echo(f"{plan}\n    {took:.1f} s")
    for trouble in report.troubles[troubles:]:
        click.secho(trouble, fg="red")
    sys.stdout.flush()


if __name__ == "__main__":
    # What was started is ended, and what was found is told, however we are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
