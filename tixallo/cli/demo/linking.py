"""Turning plans into rows: numbers, customers and the log follow on from where the workspace stands.

Each step of each ticket is a change with a revision of its own, in the order of time, recorded as the verbs record it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from tixallo.cli.demo.identifiers import Identifiers
from tixallo.cli.demo.planning import Agent, Plan, Step
from tixallo.customers import finding
from tixallo.customers.finding import Known
from tixallo.customers.models import CompanyDomain, Customer
from tixallo.kit import clock, sql
from tixallo.tickets import log, placing
from tixallo.tickets.log import Entry
from tixallo.workspaces import chain
from tixallo.workspaces.changes import SYSTEM, Actor, Change

# Addresses from a range that is set aside for documentation (RFC 5737).
_INTEGRATION = Actor("key", "", "Sample integration", "192.0.2.10")
_AT_ONCE = 500

Row = tuple[Any, ...]


class Place(NamedTuple):
    """The workspace that is filled: its id, its default inbox and the sample agents."""

    workspace_id: str
    inbox_id: str
    agents: Sequence[Agent]


class Head(NamedTuple):
    """Where a workspace stands: its revision, its number of tickets and the last link of its log."""

    revision: int
    tickets: int
    link: str


@dataclass
class Rows:
    """The rows of a batch, by table, in the order of their columns (see `writing`).

    A ticket lacks its last column, the key of its document in the index, which stands at the same place in `documents`.
    """

    customers: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    documents: list[list[str]] = field(default_factory=list)
    taggings: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    link: str = ""
    seal: str = ""
    met: dict[str, Known] = field(default_factory=dict)


def revisions(plans: Sequence[Plan]) -> int:
    """Return how many revisions the plans take: one for each opening and each step."""
    return sum(1 + len(plan.steps) for plan in plans)


def link(place: Place, plans: Sequence[Plan], head: Head, known: Mapping[str, Known]) -> Rows:
    """Return the rows of plans, which are in the order of time, going on from `head`.

    `known` are customers met before, by address; those met now stand in the answer's `met`.
    """
    batch = _Batch(place, head, known, plans)
    turns = [(plan.at, number, -1) for number, plan in enumerate(plans)]
    turns += [(step.at, number, which) for number, plan in enumerate(plans) for which, step in enumerate(plan.steps)]
    for _, number, which in sorted(turns):
        if which < 0:
            batch.open(plans[number])
        else:
            batch.take(number, plans[number].steps[which])
    return batch.finish()


class _Log(Change):
    """One change after the other; their events are kept and not written."""

    def __init__(self, workspace_id: str, head: Head) -> None:
        super().__init__(workspace_id, SYSTEM, head.revision, clock.EPOCH, head.link)
        self.events: list[Row] = []

    def turn(self, actor: Actor, at: int) -> None:
        """Go on to the next revision."""
        self.keep()
        self.actor, self.now = actor, clock.from_microseconds(at)
        self.revision += 1

    def keep(self) -> None:
        """Put the events of the present revision to the others."""
        self.events += self._rows
        self._rows = []


@dataclass(slots=True)
class _Ticket:
    """A ticket on its way to its last state."""

    plan: Plan
    entry: Entry
    customer: Known
    opened: Any
    updated: Any
    active: datetime
    waiting: datetime | None
    last: tuple[str, str, Any]
    tags: list[str] = field(default_factory=list)
    assignee: str | None = None
    closed: Any = None
    bodies: list[str] = field(default_factory=list)


class _Batch:
    def __init__(self, place: Place, head: Head, known: Mapping[str, Known], plans: Sequence[Plan]) -> None:
        self._place = place
        self._number = head.tickets
        self._log = _Log(place.workspace_id, head)
        self._ids = Identifiers()
        self._rows = Rows()
        self._tickets: list[_Ticket] = []
        self._known = known
        missing = {plan.customer.address for plan in plans if plan.customer.address not in known}
        self._rows.met = _found(place.workspace_id, sorted(missing))
        strangers = {finding.domain_of(address) for address in missing - set(self._rows.met)}
        self._claims = _claims(place.workspace_id, sorted(strangers))

    def open(self, plan: Plan) -> None:
        """Open a ticket."""
        customer, fresh = self._customer(plan)
        self._log.turn(self._opener(plan, customer), plan.at)
        if fresh:
            self._log.record("customer.created", finding.subject(customer), finding.payload(customer))
        self._number += 1
        entry = Entry(
            *(self._ids.at(plan.at), self._number, plan.subject, "new", plan.priority, plan.source, customer.id)
        )
        log.created(self._log, entry)
        at = sql.moment(self._log.now)
        last = (placing.first_words(plan.description), "customer", at)
        self._tickets.append(_Ticket(plan, entry, customer, at, at, self._log.now, self._log.now, last))

    def take(self, number: int, step: Step) -> None:
        """Take a step of a ticket of this batch."""
        ticket = self._tickets[number]
        self._log.turn(self._actor(step.author, ticket), step.at)
        ticket.active, ticket.updated = self._log.now, sql.moment(self._log.now)
        if step.body:
            self._say(ticket, step)
        if step.changes:
            self._edit(ticket, step)

    def finish(self) -> Rows:
        """Return all rows."""
        rows = self._rows
        for ticket in self._tickets:
            self._write(ticket)
        self._log.keep()
        rows.events, rows.link = self._log.events, self._log.link
        rows.seal = chain.seal(self._place.workspace_id, self._log.revision, self._log.link)
        return rows

    def _customer(self, plan: Plan) -> tuple[Known, bool]:
        name, address = plan.customer
        customer = self._known.get(address) or self._rows.met.get(address)
        if customer is not None:
            return customer, False
        customer = self._rows.met[address] = Known(self._ids.at(plan.at), name, address)
        domain, at = finding.domain_of(address), sql.moment(clock.from_microseconds(plan.at))
        self._rows.customers.append(
            (customer.id, self._place.workspace_id, name, address, address, domain, self._claims.get(domain), at, at)
        )
        return customer, True

    def _opener(self, plan: Plan, customer: Known) -> Actor:
        if plan.source == "api":
            return _INTEGRATION
        if plan.source == "app":
            agent = self._place.agents[0]
            return Actor("person", agent.id, agent.name)
        return Actor("customer", customer.id, customer.name)

    def _actor(self, author: int | str | None, ticket: _Ticket) -> Actor:
        if author is None:
            return Actor("customer", ticket.customer.id, ticket.customer.name)
        if isinstance(author, int):
            agent = self._place.agents[author]
            return Actor("person", agent.id, agent.name)
        return _INTEGRATION if author == "api" else SYSTEM

    def _say(self, ticket: _Ticket, step: Step) -> None:
        actor = self._log.actor
        kind = {"customer": "customer", "person": "agent", "key": "api", "system": "system"}[actor.kind]
        message_id = self._ids.at(step.at)
        self._rows.messages.append(
            (
                message_id,
                self._place.workspace_id,
                ticket.entry.id,
                step.body,
                kind,
                actor.id,
                actor.label,
                ticket.updated,
            )
        )
        ticket.bodies.append(step.body)
        ticket.last = (placing.first_words(step.body), kind, ticket.updated)
        ticket.waiting = (ticket.waiting or ticket.active) if kind == "customer" else None
        log.message_created(self._log, ticket.entry, message_id, step.body, {"type": kind, "name": actor.label})

    def _edit(self, ticket: _Ticket, step: Step) -> None:
        after = {name: pair[1] for name, pair in step.changes.items()}
        ticket.tags = after.get("tags", ticket.tags)
        ticket.assignee = after.get("assignee_id", ticket.assignee)
        if "status" in after:
            ticket.entry = ticket.entry._replace(status=after["status"])
            ticket.closed = ticket.updated if after["status"] == "closed" else None
            if after["status"] in ("resolved", "closed"):
                ticket.waiting = None
        log.updated(self._log, ticket.entry, step.changes)

    def _write(self, ticket: _Ticket) -> None:
        rows, plan, entry, workspace_id = self._rows, ticket.plan, ticket.entry, self._place.workspace_id
        rows.taggings += [(self._ids.at(plan.at), workspace_id, entry.id, tag, ticket.opened) for tag in ticket.tags]
        rows.documents.append(
            [plan.subject, plan.description, ticket.customer.name, ticket.customer.email, *ticket.bodies]
        )
        rows.tickets.append(
            (
                *(entry.id, workspace_id, entry.number, plan.subject, plan.description, entry.status, entry.priority),
                *(entry.source, entry.customer_id, self._place.inbox_id, ticket.assignee),
                *(orjson.dumps(ticket.tags).decode(), ticket.opened, ticket.updated, ticket.closed),
                *(sql.moment(ticket.waiting), placing.heap(entry.status), placing.queue(ticket.waiting, ticket.active)),
                *("", *ticket.last),
            )
        )


def _found(workspace_id: str, addresses: Sequence[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for start in range(0, len(addresses), _AT_ONCE):
        some = Customer.objects.filter(workspace_id=workspace_id, email_key__in=addresses[start : start + _AT_ONCE])
        for identifier, name, email, key in some.values_list("id", "name", "email", "email_key"):
            found[key] = Known(identifier, name, email)
    return found


def _claims(workspace_id: str, domains: Sequence[str]) -> dict[str, str]:
    claims: dict[str, str] = {}
    for start in range(0, len(domains), _AT_ONCE):
        some = CompanyDomain.objects.filter(workspace_id=workspace_id, domain__in=domains[start : start + _AT_ONCE])
        claims.update(some.values_list("domain", "company_id"))
    return claims
