"""Every module that says what some kind of due row does, so that a worker knows them all."""

from tixallo.keys import ending
from tixallo.tickets import reindexing
from tixallo.workspaces import letters, resetting, retries

MODULES = (retries, letters, resetting, ending, reindexing)
