"""`audit verify`: whether a workspace's log is as it was written, link by link, up to the seal on the workspace."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import orjson

from tixallo.kit import sql
from tixallo.kit.sql import Row, Statement
from tixallo.workspaces import chain
from tixallo.workspaces.erasing import ERASED
from tixallo.workspaces.models import Workspace

_AT_ONCE = 1_000


class Finding(NamedTuple):
    """Something in the log that is not as it was written."""

    revision: int
    position: int
    what: str


class Report(NamedTuple):
    """What a verification saw: how many events, how many of them emptied on purpose, and what is wrong."""

    events: int
    erased: int
    findings: list[Finding]


def verify(workspace: Workspace, progress: Callable[[int], None] = lambda revision: None) -> Report:
    """Walk the whole log of a workspace and return what was seen. Memory stays flat; the walk reads every row.

    `progress` is told now and then up to which revision it has come.
    """
    # One row, read once: what is changed during the walk lies beyond the revision that it names.
    workspace.refresh_from_db()
    named = _named_as_erased(workspace)
    findings: list[Finding] = []
    count = erased = 0
    link, revision, position = "", 0, -1
    for row in _rows(workspace, progress):
        event = _Event.of(row)
        count += 1
        # Every change leaves at least one event, so that revisions and the positions inside one follow each other.
        follows = (event.revision, event.position) in ((revision, position + 1), (revision + 1, 0))
        if not follows:
            findings.append(Finding(event.revision, event.position, "an event before this one is missing"))
        if not event.salt and not any(event.texts):
            erased += 1
            if event.id not in named:
                findings.append(Finding(event.revision, event.position, "was emptied, but no erasure names it"))
        elif chain.digest(event.salt, event.texts) != event.digest:
            findings.append(Finding(event.revision, event.position, "was edited"))
        place = (workspace.id, event.revision, event.position)
        expected = chain.link(link, event.id, place, (event.type, event.public), event.at, event.digest)
        if follows and expected != event.link:
            findings.append(Finding(event.revision, event.position, "does not continue the chain"))
        link, revision, position = event.link, event.revision, event.position
    if (revision, link) != (workspace.revision, workspace.chain_link):
        findings.append(Finding(workspace.revision, 0, "the log does not end where the workspace says"))
    elif workspace.chain_head != chain.seal(workspace.id, revision, link):
        findings.append(Finding(workspace.revision, 0, "the seal is broken"))
    return Report(count, erased, findings)


class _Event(NamedTuple):
    id: str
    revision: int
    position: int
    type: str
    public: bool
    at: datetime
    salt: str
    digest: str
    link: str
    texts: tuple[str, ...]

    @classmethod
    def of(cls, row: Row) -> "_Event":
        revision, position, kind, public, at, salt, digest, link, *texts = row[1:]
        place = (str(row[0]), revision, position, kind, bool(public), sql.read_moment(at))
        return cls(*place, salt, digest, link, tuple(texts))


def _rows(workspace: Workspace, progress: Callable[[int], None]) -> Iterator[Row]:
    place = (0, -1)
    while rows := _NEXT.rows(workspace.id, *place, workspace.revision, _AT_ONCE):
        yield from rows
        place = rows[-1][1:3]
        progress(place[0])


def _named_as_erased(workspace: Workspace) -> set[str]:
    named: set[str] = set()
    for payload in workspace.events.filter(type=ERASED).values_list("payload", flat=True):
        # One that was tampered with names nothing; that it was edited is found on the walk.
        with suppress(ValueError, TypeError, KeyError):
            named.update(orjson.loads(payload)["events"])
    return named


_NEXT = Statement(
    lambda dialect: (
        f"SELECT e.id, e.revision, e.position, e.type, e.public, {dialect.moment('e.created_at')}, e.salt, e.digest, "
        "e.link, e.actor_kind, e.actor_id, e.actor_label, e.origin, e.subject_kind, e.subject_id, e.subject_label, "
        "e.payload "
        "FROM workspaces_event e WHERE e.workspace_id = ? AND (e.revision, e.position) > (?, ?) AND e.revision <= ? "
        "ORDER BY e.revision, e.position LIMIT ?"
    )
)
