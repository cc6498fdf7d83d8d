"""What granian does not show the application, and so has the outcome that it has."""

import pytest

from tests.api.wire import exchange, request
from tests.cast import Player
from tests.servers import Server

LIST = "/api/v1/tickets"


@pytest.mark.once
def test_a_key_that_is_no_text_is_refused_as_a_field_without_a_value(server: Server, shared_acme: Player) -> None:
    # The server in front hands a value with a byte outside ASCII over as an empty one. So nothing tells it from a field
    # without a value, or from another scheme, and the challenge is the one for a request without a credential.
    for value in (f"Bearer {shared_acme.key.text}".encode() + b"\xe9", b"Bearer k\xe9", b"Basic k\xe9", b""):
        answer = exchange(
            server.port, request("GET", LIST, {"Host": "x"}).replace(b"Host: x", b"Host: x\r\nAuthorization: " + value)
        )
        assert answer is not None
        assert (answer.status, answer.body) == (401, b'{"error": "Unauthorized"}')
        assert answer.field("www-authenticate") == "Bearer"


@pytest.mark.once
def test_of_two_types_of_a_body_the_first_one_counts(server: Server, shared_acme: Player) -> None:
    # The server in front hands over the first one alone; what it says holds for the body, whatever the other one says.
    body = b'{"subject": "Help", "description": "It broke", "customer_email": "carla@customer.example"}'
    for first, second, status in (("application/json", "text/plain", 201), ("text/plain", "application/json", 415)):
        fields = [
            ("Authorization", f"Bearer {shared_acme.key.text}"),
            ("Content-Type", first),
            ("Content-Type", second),
        ]
        answer = exchange(server.port, request("POST", LIST, fields, body))
        assert answer is not None
        assert answer.status == status
