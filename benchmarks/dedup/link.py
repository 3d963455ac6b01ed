"""What `link` costs: all relations and threads of a lake, derived anew at every run.

Of lakes of 30,000 and 100,000 articles, a ninth of them copies of others; ``--large`` sizes are for
those who give them: ``python -m benchmarks.dedup.link FOLDER ROWS`` measures one. CPU seconds of
each step, and the peak of the process after it. The rarities of words are counted from
the lake itself, as a deployment's are from its press.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.dedup.generate import make
from benchmarks.dedup.running import Measured, Options, Tables, measured, peak_mb

SIZES: Final = (30_000, 100_000)
_SMALL: Final = 100
"""By how much everything is divided for ``--small``."""


def measure(options: Options) -> Measured:
    """Makes the table ``link``, a row for each size of the lake."""
    tables: Tables = {"link": {}}
    for size in SIZES:
        rows = size // _SMALL if options.small else size
        with options.folder(f"link-{rows}") as folder:
            tables["link"][f"taar_{rows}"] = measured("benchmarks.dedup.link", _made(folder, rows))
    return Measured(tables, notes=(__doc__.partition("\n\n")[2].strip(),) if __doc__ else ())


def _made(folder: Path, rows: int) -> tuple[Path, Path]:
    """A lake of two thirds of the articles, and a batch of the rest, a third of it copies."""
    batch = rows // 3
    make(folder, rows - batch, (batch,), heavy=rows)
    return folder / "lake", folder / f"batch-{batch}.parquet"


def _derive(folder: Path, batch: Path) -> dict[str, float]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from dedup import count_documents, find_relations, find_threads, resolve_relations
    from dedup.prints.columns import HEAVY, LIGHT
    from lake.schema import FINGERPRINTS
    from lake.storage import open_storage
    from lake.tables import Lake

    told: dict[str, float] = {}
    begun = time.process_time()

    def note(step: str) -> None:
        nonlocal begun
        told[f"{step}_s"] = time.process_time() - begun
        told[f"{step}_peak_mb"] = peak_mb()
        begun = time.process_time()

    lake = Lake(open_storage(str(folder), None, create=False))
    names = list(dict.fromkeys((*LIGHT, *HEAVY)))
    tables = [lake.read(FINGERPRINTS, names), pq.read_table(batch, columns=names)]
    pa.default_memory_pool().release_unused()
    prints = pa.concat_tables(tables).combine_chunks()
    del tables
    pa.default_memory_pool().release_unused()
    note("read")
    found = find_relations(prints, [])
    note("relations")
    pairs = resolve_relations(found, fingerprints=prints)
    note("resolve")
    weights = count_documents([prints], "counted")
    begun = time.process_time()
    threads = find_threads(prints, pairs, frequencies=weights)
    note("threads")
    told |= {"articles": prints.num_rows, "relations": pairs.num_rows, "edges": threads.num_rows}
    return told


if __name__ == "__main__":
    if sys.argv[2].isdigit():
        sys.argv[1:] = map(str, _made(Path(sys.argv[1]), int(sys.argv[2])))
    sys.stdout.write(json.dumps(_derive(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
