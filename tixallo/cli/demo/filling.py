"""Filling a workspace with a month of sample tickets: the one road past the verbs, for the sake of speed.

The rows of a batch are thought out before the workspace is held, so that a running server hardly waits. All that
happens to a ticket is written in one batch, so that the log is in the order of time only within each batch.
"""

import time
from collections.abc import Callable, Sequence

from tixallo.cli.demo import linking, people, planning, writing
from tixallo.cli.demo.linking import Place
from tixallo.cli.demo.month import Month
from tixallo.cli.demo.planning import Agent, Plan, Scene
from tixallo.customers.editing import create_company
from tixallo.customers.finding import Known
from tixallo.customers.models import CompanyDomain
from tixallo.inboxes.models import default_inbox
from tixallo.kit import clock, transactions
from tixallo.workspaces.changes import Actor, Change, Subject, change
from tixallo.workspaces.models import Membership, Person, Role, Workspace

_COMMAND = Actor("command", "", "tixallo demo")
_BATCH = 1_000
_SMALLEST, _LARGEST = 100, 4_000
# How long a batch may hold the workspace; its size follows from how long the last one did.
_HELD_SECONDS = 0.2
_COMPANIES_AT_ONCE = 100

Progress = Callable[[int, int], None]


def fill(
    workspace_id: str,
    *,
    tickets: int,
    messages_per_ticket: float = 3.0,
    random: int = 1,
    progress: Progress | None = None,
) -> int:
    """Add sample tickets to a workspace until it has `tickets`, its own included, and return how many were added.

    Each has `messages_per_ticket` messages on average. `random` chooses among samples: the same number gives the same
    texts. `progress` is called with how many tickets there are and how many there will be. Needs only Django set up.
    Each batch is whole, so that whatever ends a run, another goes on where it was.
    """
    done = writing.head(workspace_id).tickets
    if done >= tickets:
        return 0
    month = Month(clock.now())
    customers = min(20 + tickets // 4, people.MOST_CUSTOMERS)
    companies = people.companies(customers)
    place = _prepare(workspace_id, month, companies, tickets - done)
    scene = Scene(month, tickets, customers, len(companies), place.agents, messages_per_ticket, random)
    known: dict[str, Known] = {}
    added, size = 0, _BATCH
    with writing.prepared():
        while done < tickets:
            if progress:
                progress(done, tickets)
            plans = [planning.plan(scene, number) for number in range(done + 1, min(done + size, tickets) + 1)]
            done, held = _write(place, plans, known)
            added += len(plans)
            size = min(max(int(size * min(_HELD_SECONDS / held, 2.0)), _SMALLEST), _LARGEST)
    if progress:
        progress(done, tickets)
    return added


def _write(place: Place, plans: Sequence[Plan], known: dict[str, Known]) -> tuple[int, float]:
    # Returns how many tickets the workspace has then, and for how many seconds it was held.
    expected = writing.head(place.workspace_id)
    rows = linking.link(place, plans, expected, known)
    documents = writing.documents(place, rows)
    with transactions.change():
        began = time.monotonic()
        found = writing.take(place.workspace_id, linking.revisions(plans), len(plans))
        if found != expected:
            # Somebody was quicker; now that the workspace is held nobody is.
            rows = linking.link(place, plans, found, known)
        writing.write(place, rows, documents)
    known.update(rows.met)
    return found.tickets + len(plans), time.monotonic() - began


def _prepare(workspace_id: str, month: Month, companies: list[people.Sample], tickets: int) -> Place:
    slug = Workspace.objects.get(id=workspace_id).slug
    start = clock.from_microseconds(month.start)
    with change(workspace_id, _COMMAND) as opened:
        opened.record("samples.added", Subject("workspace", workspace_id, slug), {"tickets": tickets})
        opened.now = start
        inbox_id = default_inbox(opened)
        agents = [_agent(opened, sample) for sample in people.agents(slug)]
    for at in range(0, len(companies), _COMPANIES_AT_ONCE):
        _companies(workspace_id, companies[at : at + _COMPANIES_AT_ONCE], month)
    return Place(workspace_id, inbox_id, agents)


def _agent(opened: Change, sample: people.Sample) -> Agent:
    person, created = Person.objects.get_or_create(
        email_key=sample.address,
        defaults={"email": sample.address, "name": sample.name, "created_at": opened.now},
    )
    if created:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    _, joined = Membership.objects.get_or_create(
        workspace_id=opened.workspace_id, person=person, defaults={"role": Role.AGENT, "created_at": opened.now}
    )
    if joined:
        opened.record("member.added", Subject("person", person.id, person.email), {"role": Role.AGENT})
    return Agent(person.id, person.name)


def _companies(workspace_id: str, companies: list[people.Sample], month: Month) -> None:
    with change(workspace_id, _COMMAND) as opened:
        opened.now = clock.from_microseconds(month.start)
        claimed = set(
            CompanyDomain.objects.filter(
                workspace_id=workspace_id, domain__in=[company.address for company in companies]
            ).values_list("domain", flat=True)
        )
        for company in companies:
            if company.address not in claimed:
                create_company(opened, name=company.name, domains=[company.address])
