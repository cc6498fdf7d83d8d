"""The demo: a workspace filled with a believable month of support work, all of it marked as samples."""

from tixallo.cli.demo.filling import Progress, fill

__all__ = ["Progress", "fill"]
