"""What the progress of a long command looks like."""

import io
import re
import time

import pytest

from tixallo.cli.bar import Bar

pytestmark = pytest.mark.once


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_drawn_in_place_on_a_terminal() -> None:
    terminal = _Terminal()
    with Bar("tickets", terminal) as bar:
        bar.show(0, 2_000)
        bar.show(2_000, 2_000)
    said = terminal.getvalue()
    assert said.count("\r") == 2
    assert said.count("\n") == 1
    assert "[............................] 0 of 2,000 tickets" in said
    assert re.search(r"\[#{28}\] 2,000 of 2,000 tickets, [\d,]+ a second", said)


def test_of_nothing_all_is_done() -> None:
    terminal, lines = _Terminal(), io.StringIO()
    for stream in (terminal, lines):
        with Bar("tickets", stream) as bar:
            bar.show(0, 0)
    assert "[############################] 0 of 0 tickets" in terminal.getvalue()
    assert lines.getvalue() == "0 of 0 tickets\n"


def test_a_line_of_the_commands_own_takes_the_place_of_the_bar() -> None:
    terminal = _Terminal()
    with Bar("tickets", terminal) as bar:
        bar.show(0, 20)
        bar.clear()
        print("acme: whole", file=terminal)
    assert terminal.getvalue().endswith("\r\x1b[Kacme: whole\n")


def test_elsewhere_it_is_a_line() -> None:
    lines = io.StringIO()
    with Bar("tickets", lines) as bar:
        bar.show(0, 20)
        bar.show(1, 20)
        bar.clear()
    assert lines.getvalue() == "0 of 20 tickets\n"


def test_a_short_command_may_say_nothing_elsewhere() -> None:
    lines, terminal = io.StringIO(), _Terminal()
    for stream in (lines, terminal):
        with Bar("tickets", stream, quiet_seconds=60) as bar:
            bar.show(0, 20)
            bar.show(20, 20)
    assert lines.getvalue() == ""
    assert "20 of 20 tickets" in terminal.getvalue()


def test_a_long_command_is_heard_of_after_the_quiet() -> None:
    lines = io.StringIO()
    with Bar("tickets", lines, quiet_seconds=0.02) as bar:
        bar.show(1, 20)
        time.sleep(0.03)
        bar.show(5, 20)
        bar.show(20, 20)
    first, last = lines.getvalue().splitlines()
    assert first == "5 of 20 tickets"
    assert last.startswith("20 of 20 tickets, ")
