"""What sample tickets are about: topics, each with some cases, in each of which the sentences go together.

The corpus is a text file for each language, in paragraphs of lines `name: sentence`; a name may be repeated, for one of
the sentences to be drawn. The first paragraph holds for the whole language. `# tag: weight N, low N, medium N, high N,
urgent N` begins a topic: how often it comes up, and how urgent it is then. A paragraph of details follows, then one for
each case. Names in braces are filled in by `slots`.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Sentences = tuple[str, ...]

_HEAD = re.compile(r"# (\S+): weight (\d+), low (\d+), medium (\d+), high (\d+), urgent (\d+)")


class Case(NamedTuple):
    """One story. Each ending answers the follow-up at its place."""

    subject: Sentences
    opening: Sentences
    request: Sentences
    reply: Sentences
    follow_up: Sentences
    ending: Sentences


class Topic(NamedTuple):
    """A matter that customers write about. `priorities` are the weights of low, medium, high and urgent."""

    tag: str
    weight: int
    priorities: tuple[int, ...]
    detail: Sentences
    cases: tuple[Case, ...]


class Language(NamedTuple):
    """The topics of one language, and how its letters begin and end; `tag` marks its tickets, if it is not empty.

    What is said when a case has nothing more to say: customers ask for news (`nudge`) or thank, we put off or welcome.
    """

    tag: str
    topics: tuple[Topic, ...]
    hail: Sentences
    bye: Sentences
    our_hail: Sentences
    our_bye: Sentences
    nudge: Sentences
    interim: Sentences
    thanks: Sentences
    welcome: Sentences


@cache
def languages() -> tuple[Language, ...]:
    """Return the corpus."""
    return _read("english", ""), _read("german", "german")


def pick(random: Random, choices: Sequence[T]) -> T:
    """Return one of the choices. `Random.choice` takes four times as long."""
    return choices[int(random.random() * len(choices))]


def _read(name: str, tag: str) -> Language:
    text = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8")
    whole, *topics = re.split(r"^(?=# )", text, flags=re.MULTILINE)
    return Language(tag, tuple(map(_topic, topics)), **_lists(whole))


def _topic(text: str) -> Topic:
    details, *cases = text.strip().split("\n\n")
    head, _, details = details.partition("\n")
    found = _HEAD.fullmatch(head)
    assert found is not None, f"not the head of a topic: {head}"
    tag, weight, *priorities = found.groups()
    made = tuple(Case(**_lists(case)) for case in cases)
    return Topic(tag, int(weight), tuple(map(int, priorities)), cases=made, **_lists(details))


def _lists(paragraph: str) -> dict[str, Sentences]:
    lists: dict[str, Sentences] = {}
    for line in paragraph.strip().splitlines():
        name, _, sentence = line.partition(": ")
        name = name.replace(" ", "_")
        lists[name] = (*lists.get(name, ()), sentence)
    return lists
