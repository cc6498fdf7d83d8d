"""A person's new name: their workspaces show it at once, and what was kept of the old one is good no more."""

import io
from collections.abc import Mapping
from wsgiref.util import setup_testing_defaults

import orjson
import pytest

from tests.cast import COMMAND, Troupe, assemble
from tests.pages.conftest import browser_of
from tests.pages.test_profile import profile_of
from tixallo.api import app
from tixallo.tickets import editing, opening
from tixallo.workspaces.changes import change
from tixallo.workspaces.models import Event, Membership, Person, Role, Workspace

pytestmark = pytest.mark.django_db


class Api:
    """The API in this process, so that what it keeps is what the pages must outdate."""

    def __init__(self, troupe: Troupe) -> None:
        self._api = app.make()
        self._key = troupe.key.text
        self.headers: Mapping[str, str] = {}

    def __call__(self, method: str, path: str, value: object = None, **headers: str) -> tuple[str, bytes]:
        """Return the status and the body; the headers are left in `headers`."""
        body = b"" if value is None else orjson.dumps(value)
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/api/v1{path}",
            "QUERY_STRING": "",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Bearer {self._key}",
            "wsgi.input": io.BytesIO(body),
            **headers,
        }
        setup_testing_defaults(environ)
        seen: list[str] = []

        def start(status: str, fields: list[tuple[str, str]]) -> None:
            seen.append(status)
            self.headers = dict(fields)

        answer = b"".join(self._api(environ, start))
        return seen[0][:3], answer


def rename(acme: Troupe, person_id: str, name: str, path: str = "") -> None:
    form = profile_of(Person.objects.get(id=person_id), name=name)
    assert browser_of(person_id).post(path or f"/w/{acme.slug}/profile", form).status_code == 302


def assigned(acme: Troupe) -> str:
    with change(acme.id, COMMAND) as opened:
        ticket_id = opening.open_ticket(
            opened, subject="Printer", description="It is on fire", customer_email="carla@customer.example"
        )
    with change(acme.id, COMMAND) as opened:
        editing.edit(opened, ticket_id, {"assignee_id": acme.agent.id})
    return ticket_id


@pytest.mark.parametrize("outside", [False, True])
def test_a_kept_answer_shows_a_new_name_at_once_and_its_tag_is_good(acme: Troupe, outside: bool) -> None:
    api, path = Api(acme), f"/tickets/{assigned(acme)}"
    before = api("GET", path)
    assert api("GET", path) == before
    assert orjson.loads(before[1])["data"]["assignee"]["name"] == acme.agent.name
    old = tag_of(api, path)
    rename(acme, acme.agent.id, "Agatha Agent", "/profile" if outside else "")
    assert api("PATCH", path, {"priority": "low"}, HTTP_IF_MATCH=old)[0] == "412"
    status, body = api("GET", path)
    assert (status, orjson.loads(body)["data"]["assignee"]["name"]) == ("200", "Agatha Agent")
    assert orjson.loads(api("GET", "/tickets")[1])["data"][0]["assignee"]["name"] == "Agatha Agent"
    assert api("PATCH", path, {"priority": "low"}, HTTP_IF_MATCH=tag_of(api, path))[0] == "200"


def tag_of(api: Api, path: str) -> str:
    api("GET", path)
    return api.headers["etag"]


def test_a_new_name_is_in_the_log_of_each_workspace_of_the_person(acme: Troupe) -> None:
    globex, other = assemble("Globex"), assemble("Initech")
    Membership.objects.create(workspace_id=globex.id, person_id=acme.agent.id, role=Role.AGENT)
    before = dict(Workspace.objects.values_list("id", "revision"))
    rename(acme, acme.agent.id, "Agatha Agent")
    after = dict(Workspace.objects.values_list("id", "revision"))
    assert {each: after[each] - before[each] for each in (acme.id, globex.id, other.id)} == {
        acme.id: 1,
        globex.id: 1,
        other.id: 0,
    }
    for each in (acme.id, globex.id):
        event = Event.objects.filter(workspace_id=each).latest("revision", "position")
        assert (event.type, event.public, event.subject_id) == ("member.renamed", False, acme.agent.id)
        assert (event.actor_kind, event.actor_id, event.actor_label) == ("person", acme.agent.id, acme.agent.name)
        assert event.origin == "127.0.0.1"
        assert orjson.loads(event.payload) == {"name": "Agatha Agent", "before": acme.agent.name}


def test_whoever_keeps_the_name_changes_no_workspace(acme: Troupe) -> None:
    before = Workspace.objects.get(id=acme.id).revision
    rename(acme, acme.agent.id, acme.agent.name)
    assert Workspace.objects.get(id=acme.id).revision == before
