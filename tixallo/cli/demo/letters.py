"""Putting the texts of a ticket together from the sentences of its case."""

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
    """What one ticket is about. All its texts speak of the same facts, and each sentence of its case is said once."""

    def __init__(self, random: Random, customer: Sample, language: Language, topic: Topic) -> None:
        self.language = language
        self.topic = topic
        self._case = pick(random, topic.cases)
        self._random = random
        self._customer = customer
        self._slots = Slots(random, name=customer.name, first=customer.name.partition(" ")[0])
        self._replied = False
        self._asked: int | None = None
        self._ended = False

    def subject(self) -> str:
        """Return the ticket's subject."""
        return self._fill(pick(self._random, self._case.subject))

    def description(self) -> str:
        """Return the letter that opens the ticket."""
        random, language = self._random, self.language
        parts = [pick(random, language.hail), pick(random, self._case.opening)]
        if random.random() < 0.6:
            parts.append(pick(random, self.topic.detail))
        parts.append(pick(random, self._case.request))
        return self._fill("\n\n".join([*parts, f"{pick(random, language.bye)}\n{{name}}"]))

    def ours(self, agent: str) -> str:
        """Return the next letter of ours."""
        hail, bye = pick(self._random, self.language.our_hail), pick(self._random, self.language.our_bye)
        return self._fill(f"{hail}\n\n{self._our_sentence()}\n\n{bye}\n{agent}")

    def theirs(self) -> str:
        """Return what the customer writes next."""
        return self._fill(f"{self._their_sentence()}\n\n{{name}}")

    def _our_sentence(self) -> str:
        if not self._replied:
            self._replied = True
            return pick(self._random, self._case.reply)
        if self._ended:
            return pick(self._random, self.language.welcome)
        if self._asked is None:
            return pick(self._random, self.language.interim)
        self._ended = True
        return self._case.ending[self._asked]

    def _their_sentence(self) -> str:
        if self._ended:
            return pick(self._random, self.language.thanks)
        if not self._replied or self._asked is not None:
            return pick(self._random, self.language.nudge)
        self._asked = int(self._random.random() * len(self._case.follow_up))
        return self._case.follow_up[self._asked]

    def _fill(self, text: str) -> str:
        return text.format_map(self._slots)
