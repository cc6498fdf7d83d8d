"""The PostgreSQL of the data sets: a private cluster beside them whose commits wait for the disk.

It is started when it is first needed and stopped with the run.
"""

import atexit
from functools import cache
from pathlib import Path

from tests.databases import Cluster


def url(directory: Path, name: str) -> str:
    """Return the address of a database of the cluster in the directory."""
    return _cluster(directory).url(name)


def create(directory: Path, name: str) -> None:
    """Make an empty database, in place of one that is there already."""
    cluster = _cluster(directory)
    cluster.drop(name)
    cluster.query(f"CREATE DATABASE {name}")


@cache
def _cluster(directory: Path) -> Cluster:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = Cluster.open(directory, durable=True)
    atexit.register(cluster.stop, keep=True)
    return cluster
