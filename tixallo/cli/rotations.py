"""`tixallo key rotate` and `tixallo key rotation`: make a key's successor, and show how far its callers are."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from tixallo.cli.words import actor, harmless, prepared, with_data

if TYPE_CHECKING:
    from tixallo.keys.unlocking import Standing


def add(words: Any) -> None:
    """Declare the words."""
    for name, text, run in (
        ("rotate", "make a key's successor and print it, this once", _rotate),
        ("rotation", "show how the rotation of a key stands", _show),
    ):
        word = with_data(words.add_parser(name, help=text))
        word.add_argument("id", metavar="ID", help="the key's id or public id, as `key list` shows it")
        word.set_defaults(run=prepared(run))


def _rotate(arguments: argparse.Namespace) -> int:
    from tixallo.keys import ending, rotating
    from tixallo.workspaces.changes import change

    old = ending.find_anywhere(arguments.id)
    with change(old.workspace_id, actor()) as opened:
        _, text = rotating.start(opened, old.id)
    print("Copy this key now. Only a fingerprint is kept; it cannot be shown again.", file=sys.stderr)
    print(text)
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from tixallo.keys import closing, ending, moving, unlocking
    from tixallo.kit import clock
    from tixallo.kit.errors import NotFound

    key = ending.find_anywhere(arguments.id)
    rotation = closing.open_rotation(key.workspace_id, key.id)
    if rotation is None:
        raise NotFound(f"Key “{key.name}” is not being rotated.")
    for word, one in (("Old", rotation.old_key), ("New", rotation.new_key)):
        print(f"{word}  {one.public_id}  {harmless(one.name)}  {one.state()}")
    callers = moving.callers(rotation)
    for caller in callers:
        name = " · ".join(part for part in (caller.client, caller.network) if part) or "others"
        state = "ticked off" if caller.ticked and caller.state != "moved" else _STATES[caller.state]
        print(f"{state:<12}  {harmless(name)}")
    print(_said(unlocking.judge(rotation, callers, clock.now())))
    return 0


def _said(standing: "Standing") -> str:
    if not standing.works:
        return "Locked: the new key opens nothing."
    if standing.opens_at is not None:
        last = "a request with the old key was refused" if standing.refused else "the old key was used"
        return f"Locked: {last}; opens {standing.opens_at:%Y-%m-%d %H:%M} UTC if it stays quiet."
    if standing.waiting:
        callers = "1 caller has" if standing.waiting == 1 else f"{standing.waiting} callers have"
        return f"Locked: {callers} not moved."
    return "Quiet, all callers moved. You can revoke the old key."


_STATES = {"moved": "moved", "old": "still on old", "unseen": "not seen"}
