"""Acknowledged means durable: writes to a server that is killed at random are there afterwards, each of them once."""

import pytest

from tests.api.durability import CLIENTS, try_out
from tests.conftest import NewServer


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_no_acknowledged_write_is_lost_or_doubled_by_kills(new_server: NewServer) -> None:
    """1,500 writes and six kills. The long run is `python -m tests.api.durability`."""
    server = new_server(start=False, TIXALLO_BODIES_PER_CLIENT=str(2 * CLIENTS))
    report = try_out(server, writes=1_500, kills=6)
    assert report.repeats > 0, "no request met a kill"
