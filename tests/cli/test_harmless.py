"""What a terminal is shown of a text that somebody chose: nothing that a terminal would obey."""

import json

import pytest

from tests.cast import Player
from tests.servers import Server
from tixallo.cli.words import harmless
from tixallo.keys.models import ApiKey

# A line of its own, red, a bell, and written backwards: as it could be stored before names were held to a rule.
NAME = "a\nb\x1b[31m\x07\u202ec"
SHOWN = r"a\nb\x1b[31m\x07\u202ec"


def store_name(workspace_id: str, key_id: str, name: str) -> None:
    ApiKey.objects.filter(workspace_id=workspace_id, id=key_id).update(name=name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NAME, SHOWN),
        ("\x00\x9b\x7f\u2028\u2029\ud800", r"\x00\x9b\x7f\u2028\u2029\ud800"),
        *(
            (text, text)
            for text in ("", "Billing sync", "Größe 🙂 c:\\new", "👩\u200d💻", "\u0646\u200c\u0627", "a\u00a0b")
        ),
    ],
)
@pytest.mark.once
def test_what_a_terminal_would_obey_is_written_as_its_code(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_no_word_about_keys_prints_a_stored_name_raw(server: Server, acme: Player) -> None:
    acme.backstage(store_name, acme.id, acme.key.id, NAME)

    said = [server.run("key", "list", "--workspace", acme.slug).stdout]
    said += [server.run("key", word, acme.key.id).stdout for word in ("disable", "enable")]
    said += [server.run("key", "rotation", acme.key.id, check=False).stderr]

    assert [SHOWN in each for each in said] == [True] * 4, said
    assert said[0].count("\n") == 2
    for each in said:
        assert all(letter.isprintable() or letter == "\n" for letter in each), each
    listed = server.run("key", "list", "--workspace", acme.slug, "--json").stdout
    assert json.loads(listed)[0]["name"] == NAME
    assert listed.isascii()
