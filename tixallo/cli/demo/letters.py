"""Putting the texts of a ticket together from the sentences of its topic."""

from bisect import bisect
from itertools import accumulate
from random import Random

from tixallo.cli.demo.people import Sample
from tixallo.cli.demo.slots import Slots
from tixallo.cli.demo.topics import Language, Topic, languages, pick

_ALL = [(language, topic) for language in languages() for topic in language.topics]
_SUMS = list(accumulate(topic.weight for _, topic in _ALL))


def matter(random: Random, customer: Sample) -> "Matter":
    """Draw what a customer writes about."""
    language, topic = _ALL[bisect(_SUMS, random.random() * _SUMS[-1])]
    return Matter(random, customer, language, topic)


class Matter:
    """What one ticket is about; all its texts speak of the same facts."""

    def __init__(self, random: Random, customer: Sample, language: Language, topic: Topic) -> None:
        self.language = language
        self.topic = topic
        self._random = random
        self._customer = customer
        self._slots = Slots(random, name=customer.name, first=customer.name.partition(" ")[0])

    def subject(self) -> str:
        """Return the ticket's subject."""
        return self._fill(self.topic.subjects)

    def description(self) -> str:
        """Return the letter that opens the ticket."""
        topic, language = self.topic, self.language
        parts = [pick(self._random, language.hails), self._fill(topic.openings)]
        if self._random.random() < 0.75:
            parts.append(self._fill(topic.details))
        parts.append(self._fill(topic.requests))
        return "\n\n".join([*parts, f"{pick(self._random, language.byes)}\n{self._customer.name}"])

    def reply(self, first: bool, last: bool, agent: str) -> str:
        """Return an answer of ours."""
        hail = self._fill(self.language.our_hails)
        text = self._fill(self.topic.endings if last and not first else self.topic.replies)
        return f"{hail}\n\n{text}\n\n{pick(self._random, self.language.our_byes)}\n{agent}"

    def follow_up(self) -> str:
        """Return what the customer writes on it."""
        return f"{self._fill(self.topic.follow_ups)}\n\n{self._customer.name}"

    def _fill(self, texts: tuple[str, ...]) -> str:
        return pick(self._random, texts).format_map(self._slots)
