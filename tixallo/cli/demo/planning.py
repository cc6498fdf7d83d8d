"""The life of a sample ticket, thought out before it is written: what is said and done, by whom and when.

A life ends where the month does, so that a ticket's status fits its age.
"""

from collections.abc import Sequence
from math import exp
from random import Random
from typing import Any, NamedTuple

from tixallo.cli.demo import letters, people
from tixallo.cli.demo.letters import Matter
from tixallo.cli.demo.month import HOUR, Month, in_office
from tixallo.cli.demo.people import Sample
from tixallo.cli.demo.topics import pick
from tixallo.tickets.models import PRIORITIES

SAMPLE = "sample"

_SOURCES = ("email",) * 9 + ("form",) * 5 + ("api",) * 4 + ("app",) * 2
_EXTRA_TAGS = ("vip", "callback", "onboarding", "renewal", "bug", "escalated", "trial", "migration")

Changes = dict[str, tuple[Any, Any]]


class Agent(NamedTuple):
    """A sample agent, who is a member of the workspace."""

    id: str
    name: str


class Step(NamedTuple):
    """One change of a ticket: `body` is what is said in it, `changes` what becomes of its fields.

    `author` is None for the customer, an agent's place in the list of agents, or one of the words api and system.
    """

    at: int
    author: int | str | None
    body: str
    changes: Changes


class Plan(NamedTuple):
    """A ticket to be written, as it was opened, and the steps after that; the last ones leave it as it is."""

    at: int
    subject: str
    description: str
    customer: Sample
    source: str
    priority: str
    steps: list[Step]


class Scene(NamedTuple):
    """What the tickets of a run have in common: the month, how many tickets and customers it has, and who answers.

    `messages` is how many messages a ticket has on average; `random` chooses among samples.
    """

    month: Month
    tickets: int
    customers: int
    companies: int
    agents: Sequence[Agent]
    messages: float
    random: int


def plan(scene: Scene, number: int) -> Plan:
    """Think out ticket `number`. The same scene and number give the same ticket, and higher numbers come later."""
    random = Random(scene.random << 40 | number)  # noqa: S311 - nothing is kept secret with it
    # A few write often, most write once or twice.
    who = int(random.random() ** 2.5 * scene.customers)
    customer = people.customer(who, scene.companies)
    matter = letters.matter(random, customer)
    at = scene.month.at((number - random.random()) / scene.tickets)
    tags = [SAMPLE, matter.topic.tag]
    if matter.language.tag:
        tags.append(matter.language.tag)
    if random.random() < 0.15:
        tags.append(pick(random, _EXTRA_TAGS))
    life = _Life(scene, random, matter, at)
    subject, description, source = matter.subject(), matter.description(), pick(random, _SOURCES)
    (priority,) = random.choices(PRIORITIES, matter.topic.priorities)
    life.take_in(sorted(set(tags)))
    life.converse()
    life.end()
    return Plan(at, subject, description, customer, source, priority, life.steps)


class _Life:
    """A ticket's steps while they are thought out."""

    def __init__(self, scene: Scene, random: Random, matter: Matter, at: int) -> None:
        self.steps: list[Step] = []
        self._scene = scene
        self._random = random
        self._matter = matter
        self._at = at
        self._status = "new"
        self._agent = int(random.random() ** 1.5 * len(scene.agents))
        self._ours_last = False

    def take_in(self, tags: list[str]) -> None:
        """Somebody takes the ticket on and tags it; one that nobody has taken on is tagged by a rule."""
        opened = self._at
        tagged: Changes = {"tags": ([], tags)}
        if self._random.random() < 0.95 and self._wait(0.6):
            assigned = {"assignee_id": (None, self._scene.agents[self._agent].id)}
            self._append(self._agent, "", {**tagged, **assigned, **self._becomes("open")})
        else:
            self._at = opened
            self._append("system", "", tagged)

    def converse(self) -> None:
        """Both sides write."""
        random, mean = self._random, self._scene.messages
        count = int(random.gammavariate(2.0, mean / 2) + random.random()) if mean else 0
        for place in range(count):
            theirs = random.random() < (0.12 if not self._ours_last else 0.8)
            if not self._wait(5.0 if theirs else 1.6, office=not theirs):
                return
            if theirs:
                changes = self._becomes("open") if self._status in ("pending", "resolved") else {}
                self._append(None, self._matter.theirs(), changes)
            else:
                changes = self._becomes("open") if self._status == "new" else {}
                body = self._matter.ours(self._scene.agents[self._agent].name)
                self._append("api" if random.random() < 0.06 else self._agent, body, changes)
            self._ours_last = not theirs
            if self._ours_last and place < count - 1 and random.random() < 0.15 and self._wait(0.05):
                self._append(self._agent, "", self._becomes("pending"))

    def end(self) -> None:
        """The matter is settled, or stays open."""
        drawn = self._random.random()
        if self._status == "new" or drawn < 0.06 or not self._wait(9.0):
            return
        if drawn < 0.13:
            self._append(self._agent, "", self._becomes("pending"))
        elif drawn < 0.65:
            self._append(self._agent, "", self._becomes("closed"))
        else:
            self._append(self._agent, "", self._becomes("resolved"))
            if self._wait(24 * 6, office=False):
                self._append("system", "", self._becomes("closed"))

    def _wait(self, hours: float, *, office: bool = True) -> bool:
        """Let about so many hours pass; tell whether the month still lasts then."""
        random = self._random
        # Log-normal: most within that time, some much later.
        at = self._at + int(hours * HOUR * exp(random.gauss(0.0, 0.9)))
        self._at = in_office(at, random) if office else at
        return self._at < self._scene.month.end

    def _becomes(self, status: str) -> Changes:
        changes: Changes = {} if status == self._status else {"status": (self._status, status)}
        self._status = status
        return changes

    def _append(self, author: int | str | None, body: str, changes: Changes) -> None:
        if body or changes:
            self.steps.append(Step(self._at, author, body, changes))
