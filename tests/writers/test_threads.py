"""Threads come and go in the web process; what they held of the database goes with them."""

import gc
import threading
from typing import Any

import pytest
from django.db import connections

from tixallo.kit import sql
from tixallo.kit.sql import Statement


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_ends_takes_its_connection_with_it() -> None:
    held: list[Any] = []

    def work() -> None:
        assert Statement("SELECT 1").one() == (1,)
        held.append(sql.current().connection)

    # What only the collector would find is found too late.
    gc.disable()
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        # The next request of another thread ends with this.
        sql.heal()
        with pytest.raises(Exception, match="closed"):
            held[0].execute("SELECT 1")
    finally:
        gc.enable()
    # This thread's own is not touched.
    assert Statement("SELECT 1").one() == (1,)
    assert sql.current() is connections["default"]
