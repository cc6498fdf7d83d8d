"""The data sets: made once, kept in `.bench/` (or BENCH_DATA) until the way of making them changes.

New migrations run on a set that is there, as they do on an installation.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import clusters
from bench.processes import ROOT, inside

_FACTS = "facts.json"


@dataclass(frozen=True)
class DataSet:
    """A data directory with a filled database: the settings that lead to it, and what is known of its content."""

    directory: Path
    environment: dict[str, str]
    facts: dict[str, Any]


def filled(kind: str, database: str, **given: Any) -> DataSet:
    """Return the data set that `bench.filling:KIND` makes on the database, made now if it is not at hand."""
    name = "-".join([kind, *map(str, given.values()), database])
    directory = kept() / name
    environment = {"TIXALLO_DATA": str(directory), "BENCH_DATABASE": database}
    if database == "postgresql":
        environment["TIXALLO_DATABASE_URL"] = clusters.url(kept() / "cluster", name.replace("-", "_"))
    facts = directory / _FACTS
    version, tables = _digest(ROOT / "bench" / "filling.py"), _digest(*(ROOT / "tixallo").glob("*/migrations/*.py"))
    if facts.exists() and (known := json.loads(facts.read_text()))["version"] == version:
        if known["tables"] != tables:
            say(f"running new migrations on {name} …")
            inside("bench.data:migrated", environment)
            _write(facts, {**known, "tables": tables})
        return DataSet(directory, environment, known)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    if database == "postgresql":
        clusters.create(kept() / "cluster", name.replace("-", "_"))
    say(f"making {name} …")
    start = time.monotonic()
    found = {**inside(f"bench.filling:{kind}", environment, **given), "version": version, "tables": tables}
    found["seconds"] = round(time.monotonic() - start)
    _write(facts, found)
    say(f"made {name} in {found['seconds']} s")
    return DataSet(directory, environment, found)


def migrated() -> bool:
    """Say that the tables are this version's: whoever gets an answer from `bench.inside` has had them migrated."""
    return True


@contextmanager
def copied(data: DataSet) -> Iterator[DataSet]:
    """Give a copy of a data set on SQLite, for what writes to it."""
    directory = kept() / f"copy-{os.getpid()}-{time.monotonic_ns()}"
    shutil.copytree(data.directory, directory)
    try:
        yield DataSet(directory, {**data.environment, "TIXALLO_DATA": str(directory)}, data.facts)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def kept() -> Path:
    """Return the directory that the data sets are kept in."""
    return Path(os.environ.get("BENCH_DATA") or ROOT / ".bench")


def say(text: str) -> None:
    """Say what goes on, on standard error."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _digest(*sources: Path) -> str:
    found = hashlib.sha256()
    for source in sorted(sources):
        found.update(source.read_bytes())
    return found.hexdigest()


def _write(facts: Path, found: dict[str, Any]) -> None:
    facts.write_text(json.dumps(found, indent=1) + "\n")
