"""Pages about keys on one node, while requests come to another: a person sees them within two seconds."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.api.wire import exchange, request
from tests.browser.conftest import Watched
from tests.browser.signing_in import home, sign_in
from tests.cast import NewPlayer, Player
from tests.conftest import NewServer
from tests.databases import Cluster
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.slow]

TURNS = 8
_NO_NODES = "on SQLite one process serves all"


@pytest.fixture
def here(new_server: NewServer, cluster: Cluster | None) -> Server:
    if cluster is None:
        pytest.skip(_NO_NODES)
    return new_server()


@pytest.fixture
def there(new_server: NewServer, here: Server) -> Server:
    url = here.environment["TIXALLO_DATABASE_URL"]
    return new_server(TIXALLO_DATABASE_URL=url, TIXALLO_SECRET_FILE=str(here.data / "secret"))


@pytest.fixture
def acme(here: Server, new_player: NewPlayer) -> Player:
    return new_player(on=here)


@pytest.fixture
def page(acme: Player, new_page: Watched) -> Page:
    found = new_page()
    sign_in(found.context, acme, acme.admin)
    return found


def call(node: Server, player: Player) -> None:
    answer = exchange(node.port, request("GET", "/api/v1/key", {"Authorization": f"Bearer {player.key.text}"}))
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize(
    ("address", "count"), [("keys", "#key-{id} td:nth-child(4)"), ("keys/{id}", "#key-usage dd:first-of-type >> nth=0")]
)
def test_an_open_page_shows_what_came_to_another_node(
    acme: Player, there: Server, page: Page, address: str, count: str
) -> None:
    page.goto(f"{home(acme)}/{address.format(id=acme.key.id)}")
    shown = page.locator(count.format(id=acme.key.id))
    waits = []
    for turn in range(1, TURNS + 1):
        call(there, acme)
        began = time.monotonic()
        expect(shown).to_have_text(str(turn), timeout=2_000)
        waits.append(time.monotonic() - began)
        # Another moment between two questions, and between two writings, each time.
        page.wait_for_timeout(370 * turn)
    assert max(waits) < 2, waits
