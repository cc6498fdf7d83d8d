"""`tixallo due list` and `tixallo due retry`: what the worker gave up, and how it is tried again."""

import time

from tests.cast import Player
from tests.servers import Server
from tixallo.kit import clock, due, transactions
from tixallo.kit.ids import new_id
from tixallo.kit.models import Due


def give_up(key: str) -> str:
    """Let a row have failed too often, as if the customer's index could not be written."""
    with transactions.change():
        due.enqueue("customers.changed", key)
        Due.objects.filter(kind="customers.changed", key=key).update(
            attempts=due.MOST_ATTEMPTS, dead_at=clock.now(), last_error="Traceback\n  …\nRuntimeError: No luck\n"
        )
    return Due.objects.get(kind="customers.changed", key=key).id


def is_there(identifier: str) -> bool:
    return Due.objects.filter(id=identifier).exists()


def test_what_was_given_up_is_listed_and_tried_again(acme: Player, server: Server) -> None:
    customer = acme.customer()["id"]
    identifier = acme.backstage(give_up, customer)
    listed = server.run("due", "list", "--dead").stdout
    (line,) = [each for each in listed.splitlines() if each.startswith(identifier)]
    assert f"customers.changed  {customer}  given up" in line
    assert "RuntimeError: No luck" in listed
    assert server.run("due", "retry", identifier).stdout == "1 will be tried again.\n"
    end = time.monotonic() + 15
    while acme.backstage(is_there, identifier):
        assert time.monotonic() < end, "The worker did not try again"
        time.sleep(0.1)
    assert identifier not in server.run("due", "list").stdout


def test_what_was_not_given_up_cannot_be_retried(server: Server) -> None:
    for identifier in (new_id(), "x"):
        run = server.run("due", "retry", identifier, check=False)
        assert run.returncode != 0
        assert "Nothing that was given up has this id." in run.stderr
