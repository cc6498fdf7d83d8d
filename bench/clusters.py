"""The PostgreSQL of the data sets: a private cluster in `.bench/` whose commits wait for the disk.

It is started when it is first needed and stopped with the run.
"""

import atexit
from functools import cache

from bench.processes import ROOT
from tests.databases import Cluster

_DIRECTORY = ROOT / ".bench" / "cluster"


def url(name: str) -> str:
    """Return the address of a database."""
    return _cluster().url(name)


def create(name: str) -> None:
    """Make an empty database, in place of one that is there already."""
    cluster = _cluster()
    cluster.drop(name)
    cluster.query(f"CREATE DATABASE {name}")


@cache
def _cluster() -> Cluster:
    _DIRECTORY.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = Cluster.open(_DIRECTORY, durable=True)
    atexit.register(cluster.stop, keep=True)
    return cluster
