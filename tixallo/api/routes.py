"""Every route of the machines' door with the scope that opens it: the whole API on one screen."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tixallo.customers import api as customers
from tixallo.events import api as events
from tixallo.keys import api as keys
from tixallo.keys.scopes import EVERYTHING
from tixallo.tickets import api as tickets
from tixallo.workspaces.operations import Reading, Writing

PREFIX = "/api/v1"

Operation = Reading[Any] | Writing[Any]

# A route that answers to every valid key.
ANY_KEY = ""


class Route(NamedTuple):
    """A path under the prefix, with the scope and the operation of each method."""

    path: str
    methods: Mapping[str, tuple[str, Operation]]


def checked(*routes: Route) -> tuple[Route, ...]:
    """Return the routes; raises `ValueError` for a method without a known scope, so that none can be forgotten."""
    for path, methods in routes:
        for method, (scope, operation) in methods.items():
            if scope != ANY_KEY and scope not in EVERYTHING:
                raise ValueError(f"{method} {path} has no known scope")
            if not isinstance(operation, Reading if method == "GET" else Writing):
                raise ValueError(f"{method} {path} does not do what its method says")
    return routes


ROUTES = checked(
    Route(
        "/tickets",
        {"GET": ("tickets:read", tickets.list_tickets), "POST": ("tickets:write", tickets.create_ticket)},
    ),
    Route(
        "/tickets/{id}",
        {"GET": ("tickets:read", tickets.get_ticket), "PATCH": ("tickets:write", tickets.update_ticket)},
    ),
    Route(
        "/tickets/{id}/merge",
        {"POST": ("tickets:write", tickets.merge_ticket), "DELETE": ("tickets:write", tickets.unmerge_ticket)},
    ),
    Route(
        "/tickets/{id}/messages",
        {"GET": ("tickets:read", tickets.list_messages), "POST": ("tickets:write", tickets.create_message)},
    ),
    Route(
        "/customers",
        {"GET": ("customers:read", customers.list_customers), "POST": ("customers:write", customers.create_customer)},
    ),
    Route(
        "/customers/{id}",
        {"GET": ("customers:read", customers.get_customer), "PATCH": ("customers:write", customers.update_customer)},
    ),
    Route("/customers/{id}/tickets", {"GET": ("tickets:read", tickets.list_customer_tickets)}),
    Route(
        "/companies",
        {"GET": ("customers:read", customers.list_companies), "POST": ("customers:write", customers.create_company)},
    ),
    Route(
        "/companies/{id}",
        {"GET": ("customers:read", customers.get_company), "PATCH": ("customers:write", customers.update_company)},
    ),
    Route("/events", {"GET": ("events:read", events.list_events)}),
    Route("/key", {"GET": (ANY_KEY, keys.get_key)}),
)


def allowed(path: str) -> str:
    """Return the `Allow` field of a route's path, as it stands in the table."""
    methods = next((route.methods for route in ROUTES if PREFIX + route.path == path), {"GET": None})
    return ", ".join(name for method in methods for name in ((method, "HEAD") if method == "GET" else (method,)))
