"""What sample tickets are about: topics with the sentences that their texts are put together from, one a line.

The corpus is a text file for each language. `# tag: weight N, low N, medium N, high N, urgent N` begins a topic: how
often it comes up, and how urgent it is then. `## Name` begins a list of sentences; those before the first topic hold
for the whole language. Names in braces are filled in by `slots`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Sentences = tuple[str, ...]
Lists = dict[str, Sentences]

_HEAD = re.compile(r"# (\S+): weight (\d+), low (\d+), medium (\d+), high (\d+), urgent (\d+)")


class Topic(NamedTuple):
    """A matter that customers write about. `priorities` are the weights of low, medium, high and urgent."""

    tag: str
    weight: int
    priorities: tuple[int, ...]
    subjects: Sentences
    openings: Sentences
    details: Sentences
    requests: Sentences
    replies: Sentences
    follow_ups: Sentences
    endings: Sentences


class Language(NamedTuple):
    """The topics of one language, and how its letters begin and end; `tag` marks its tickets, if it is not empty."""

    tag: str
    topics: tuple[Topic, ...]
    hails: Sentences
    byes: Sentences
    our_hails: Sentences
    our_byes: Sentences


@cache
def languages() -> tuple[Language, ...]:
    """Return the corpus."""
    return _read("english", ""), _read("german", "german")


def pick(random: Random, choices: Sequence[T]) -> T:
    """Return one of the choices. `Random.choice` takes four times as long."""
    return choices[int(random.random() * len(choices))]


def _read(name: str, tag: str) -> Language:
    whole, *topics = _blocks(Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8"))
    return Language(tag, tuple(_topic(block) for block in topics), **_lists(whole))


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in filter(None, text.splitlines()):
        if line.startswith("# "):
            yield block
            block = []
        block.append(line)
    yield block


def _topic(block: list[str]) -> Topic:
    head = _HEAD.fullmatch(block[0])
    assert head is not None, f"not the head of a topic: {block[0]}"
    tag, weight, *priorities = head.groups()
    return Topic(tag, int(weight), tuple(map(int, priorities)), **_lists(block[1:]))


def _lists(block: list[str]) -> Lists:
    lists: Lists = {}
    name = ""
    for line in block:
        if line.startswith("## "):
            name = line.removeprefix("## ").lower().replace(" ", "_")
            lists[name] = ()
        else:
            lists[name] += (line,)
    return lists
