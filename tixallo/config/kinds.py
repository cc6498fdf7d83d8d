"""Every module that says what some kind of due row does, so that a worker knows them all."""

from tixallo.customers import adopting
from tixallo.keys import ending, forgetting
from tixallo.mail import notifying, replying
from tixallo.tickets import holding, presence, reindexing, removing
from tixallo.workspaces import letters, resetting, retries, sweeping

MODULES = (
    retries,
    letters,
    resetting,
    sweeping,
    adopting,
    ending,
    forgetting,
    holding,
    presence,
    reindexing,
    removing,
    notifying,
    replying,
)
