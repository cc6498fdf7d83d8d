"""What a corpus of sample tickets is made of; the languages have modules of their own."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Topic(NamedTuple):
    """A matter that customers write about, with the sentences that its tickets are put together from.

    Names in braces are filled in by `slots`. `priorities` are the weights of low, medium, high and urgent.
    """

    tag: str
    weight: int
    priorities: tuple[int, int, int, int]
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    details: tuple[str, ...]
    requests: tuple[str, ...]
    replies: tuple[str, ...]
    follow_ups: tuple[str, ...]
    endings: tuple[str, ...]


class Language(NamedTuple):
    """Topics in one language, and how its letters begin and end; `word` is a tag for its tickets, if they get one."""

    word: str
    topics: tuple[Topic, ...]
    hails: tuple[str, ...]
    byes: tuple[str, ...]
    our_hails: tuple[str, ...]
    our_byes: tuple[str, ...]


def pick(random: Random, choices: Sequence[T]) -> T:
    """Return one of the choices. `Random.choice` takes four times as long."""
    return choices[int(random.random() * len(choices))]
