"""The ground that every test stands on: which database, the settings that go with it, and real servers.

The cast that the tests play with (workspaces, people, keys) is in tests/cast.py, a clock that they move in
tests/watch.py.
"""

import os
from collections.abc import Iterator
from typing import Protocol

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker

from tests.databases import KINDS, Cluster
from tests.scratch import Scratch
from tests.servers import Server

_DATABASE = "tixallo"
_scratch = pytest.StashKey[Scratch]()
_cluster = pytest.StashKey[Cluster | None]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=KINDS,
        default=os.environ.get("TIXALLO_TEST_DATABASE", "sqlite"),
        help="the database to run on: sqlite (the default) or postgresql, a private cluster that the tests start",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Point the settings at this session's scratch directory before Django reads them."""
    scratch = config.stash[_scratch] = Scratch()
    config.stash[_cluster] = None
    for name in [name for name in os.environ if name.startswith("TIXALLO_")]:
        del os.environ[name]
    os.environ["TIXALLO_DATA"] = str(scratch.directory("data"))
    if config.getoption("--database") == "postgresql":
        cluster = config.stash[_cluster] = Cluster.start(scratch)
        os.environ["TIXALLO_DATABASE_URL"] = cluster.url(_DATABASE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tixallo.config.settings"
    # How long an example takes says nothing of it on a machine that does other work as well.
    hypothesis.settings.register_profile("tixallo", deadline=None)
    hypothesis.settings.load_profile("tixallo")
    import django

    django.setup()
    # Named here and not at the top: they are made of models, which can only be imported from now on.
    for name in ("tests.cast", "tests.watch"):
        config.pluginmanager.import_plugin(name)


def pytest_unconfigure(config: pytest.Config) -> None:
    if scratch := config.stash.get(_scratch, None):
        scratch.close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(scope="session")
def database(pytestconfig: pytest.Config) -> str:
    """The kind of database of this run: sqlite or postgresql."""
    return str(pytestconfig.getoption("--database"))


@pytest.fixture(scope="session")
def scratch(pytestconfig: pytest.Config) -> Scratch:
    """The session's own temporary directory; processes adopted by it end with the session."""
    return pytestconfig.stash[_scratch]


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster | None:
    """The session's PostgreSQL, or None on SQLite."""
    return pytestconfig.stash[_cluster]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, cluster: Cluster | None
) -> Iterator[None]:
    """The database of the tests in this process: the one that the settings name, on SQLite a file as in earnest.

    Its tables are made as the product makes them, within a second; the migrations would take six.
    """
    from django.db import connections

    from tixallo.config import tables

    if cluster is not None:
        cluster.query(f"CREATE DATABASE {_DATABASE}")
    with django_db_blocker.unblock():
        tables.bring_up_to_date()
    yield
    with django_db_blocker.unblock():
        connections.close_all()


class NewServer(Protocol):
    """What the fixture `new_server` gives."""

    def __call__(self, *arguments: str, start: bool = True, **environment: str) -> Server: ...


@pytest.fixture(scope="session")
def server(scratch: Scratch, cluster: Cluster | None) -> Iterator[Server]:
    """The server that tests share; each brings its own workspaces, and none may stop it."""
    shared = Server(scratch, cluster)
    shared.start()
    yield shared
    shared.close()


@pytest.fixture
def new_server(scratch: Scratch, cluster: Cluster | None) -> Iterator[NewServer]:
    """Servers for one test alone. `new_server("--host", "::1", TIXALLO_ORIGIN="…")` starts one with these options and
    settings; with start=False it is for the test to start.
    """
    servers: list[Server] = []

    def make(*arguments: str, start: bool = True, **environment: str) -> Server:
        servers.append(Server(scratch, cluster, environment=environment, arguments=arguments))
        if start:
            servers[-1].start()
        return servers[-1]

    yield make
    for made in servers:
        made.close()
