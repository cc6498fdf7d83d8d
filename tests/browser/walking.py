"""Every page there is: the addresses of the URL conf, filled in with what a workspace has, as a browser meets them."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.cast import Player


def furnish(workspace_id: str) -> dict[str, str]:
    """Fill a workspace with one of each thing, and return what names them in addresses (runs backstage)."""
    from tests.cast import COMMAND
    from tixallo.tickets import noting, samples, saving
    from tixallo.workspaces.changes import Actor, change
    from tixallo.workspaces.models import Role, Workspace

    workspace = Workspace.objects.get(id=workspace_id)
    owner = workspace.memberships.get(role=Role.OWNER)
    agent = workspace.memberships.get(role=Role.AGENT)
    with change(workspace_id, Actor("person", owner.person_id, owner.person.name)) as opened:
        samples.load(opened, owner)
        ticket = workspace.tickets.filter(number=1).get()
        noting.add_note(opened, ticket.id, "10482")
    # Longer than a phone is wide.
    workspace.customers.filter(id=ticket.customer_id).update(name="Bartholomea Schmidt-Rottenburger")
    with change(workspace_id, COMMAND) as opened:
        reply_id = saving.create_saved_reply(opened, name="Rücksendung wegen Transportschadens", body="{customer}")
    customer = workspace.customers.get(id=ticket.customer_id)
    company = workspace.companies.first()
    if company is None:
        from tixallo.customers import editing

        with change(workspace_id, COMMAND) as opened:
            company_id = editing.create_company(opened, name="Globex", domains=[customer.domain])
    else:
        company_id = company.id
    return {
        "slug": workspace.slug,
        "number": "1",
        "other": "2",
        "view": "all",
        "customer_id": customer.id,
        "company_id": company_id,
        "reply_id": reply_id,
        "person_id": agent.person_id,
        "key_id": workspace.api_keys.latest("created_at").id,
    }


def texts(workspace_id: str) -> str:
    """Return everything that people wrote in a workspace, each on a line (runs backstage)."""
    from tixallo.tickets.models import Message, Note
    from tixallo.workspaces.models import Workspace

    of = Workspace.objects.get(id=workspace_id)
    found = [
        *of.customers.values_list("name", "email"),
        *of.companies.values_list("name", "domains"),
        *of.memberships.values_list("person__name", "person__email"),
        *of.tickets.values_list("subject", "description", "tags"),
        *of.saved_replies.values_list("name", "body"),
        *of.api_keys.values_list("name", "made_by", "last_used_client", "last_used_route"),
        *Message.objects.filter(workspace_id=workspace_id).values_list("body"),
        *Note.objects.filter(workspace_id=workspace_id).values_list("body"),
    ]
    return "\n".join([of.name, *(" ".join(text.split()) for row in found for text in row)])


def addresses(named: dict[str, str]) -> Iterator[str]:
    """Yield all addresses; what nothing names is called `none`, or 0 where a number is wanted."""
    for route in _routes(get_resolver()):
        yield "/" + re.sub(
            r"<(?:(\w+):)?(\w+)>",
            lambda found: named.get(found[2], "0" if found[1] == "int" else "none"),
            _plain(route),
        )


def pages(page: Page, player: Player, named: dict[str, str]) -> Iterator[str]:
    """Go to every page that can be looked at, and yield its address while the browser is there.

    Of the pages that refuse, one for each status.
    """
    origin = f"http://localhost:{player.client._port}"
    refused: set[int] = set()
    for address in addresses(named):
        answer = page.context.request.get(origin + address, max_redirects=0)
        if answer.status not in {200, 403, 404} or "html" not in answer.headers.get("content-type", ""):
            continue
        if "<html" not in answer.text() or answer.status in refused:
            continue
        if answer.status != 200:
            refused.add(answer.status)
        page.goto(origin + address)
        yield address


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each, route)
        elif isinstance(each, URLPattern):
            yield route


def _plain(route: str) -> str:
    # allauth's and our own regular expressions: their groups are words.
    return (
        re.sub(r"\(\?P(<\w+>)[^()]*(?:\([^()]*\)[^()]*)*\)", r"\1", route)
        .replace("^", "")
        .replace("$", "")
        .replace("\\", "")
    )
