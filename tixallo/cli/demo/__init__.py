"""The demo: a workspace filled with a believable month of support work, all of it marked as samples."""

from tixallo.cli.demo.filling import MOST_TICKETS, Progress, fill

__all__ = ["MOST_TICKETS", "Progress", "fill"]
