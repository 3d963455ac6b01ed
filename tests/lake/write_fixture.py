"""Writes a small lake as today's code writes it: ``python -m tests.lake.write_fixture``.

It lands in ``tests/lake/fixtures/vN`` for schema version N, and stays there for good: every later
version has to read it and go on with it. To be run once after `SCHEMA_VERSION` was raised.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flows import pipeline
from flows.repair.forget import forget
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from lake.schema import ARTICLES, DATASETS, SCHEMA_VERSION
from lake.storage import open_storage
from lake.tables import Lake
from press import BASE, Press

FIXTURES = Path(__file__).parent / "fixtures"
SOURCES = ["udgam"]
LATER = BASE + timedelta(days=3)
"""When the second run of the fixture was: the day of the first one is merged by then."""


def shape() -> dict[str, Any]:
    """Today's schema: by dataset the type of each column, and whether it is required."""
    return {
        dataset.name: {c.name: [str(c.type), c.required] for c in dataset.columns}
        for dataset in DATASETS
    }


def write(folder: Path) -> None:
    """Writes a lake with every dataset: a merged day, one that is not, links, raw pages."""
    with Press() as press, tempfile.TemporaryDirectory() as cache:
        settings = load_settings(
            lake=str(folder / "lake"),
            cache=Path(cache),
            source_pack=press.sources_file,
            host_map=press.host_map,
            ca_file=press.ca_file,
            contact="tests@press.test",
            shards=1,
        )
        # The pages of the larger run would be half of it all.
        lean = settings.model_copy(update={"archive_pages": False})

        def run(step: Any, at: datetime, given: Settings = settings, **more: Any) -> None:
            asyncio.run(step(given, clock=clock_from(at), **more))

        run(pipeline.collect, BASE, lean, only=SOURCES)
        run(pipeline.maintain, LATER)
        press.set_now(LATER)
        run(pipeline.collect, LATER, only=SOURCES)
        run(pipeline.link, LATER)
        url = Lake(open_storage(settings.lake)).read(ARTICLES, ["url"])["url"][0].as_py()
        forget(settings, url, clock=clock_from(LATER), reason="an example")
        run(pipeline.maintain, LATER)
    (folder / "lake" / ".lock").unlink(missing_ok=True)
    (folder / "schema.json").write_text(json.dumps(shape(), indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Writes the fixture of this version, unless it is there."""
    folder = FIXTURES / f"v{SCHEMA_VERSION}"
    if (folder / "lake").exists():
        sys.exit(f"{folder} is there already, and is not to be changed: raise SCHEMA_VERSION first")
    write(folder)
    print(folder)


if __name__ == "__main__":
    main()
