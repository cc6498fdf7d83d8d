"""The process that acts on a server's data for tests does not take all others down with the one in which it ends."""

import os

import pytest

from tests.backstage import Backstage
from tests.servers import Server

pytestmark = pytest.mark.once


def test_it_begins_anew_after_it_ended(server: Server) -> None:
    backstage = Backstage(server)
    with pytest.raises(EOFError):
        backstage(os._exit, 1)
    assert backstage(os.getpid) != os.getpid()
    backstage.close()
