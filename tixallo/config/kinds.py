"""Every module that says what some kind of due row does, so that a worker knows them all."""

from tixallo.keys import ending, forgetting
from tixallo.mail import notifying, replying
from tixallo.tickets import holding, reindexing, removing
from tixallo.workspaces import letters, resetting, retries, sweeping

MODULES = (
    retries,
    letters,
    resetting,
    sweeping,
    ending,
    forgetting,
    holding,
    reindexing,
    removing,
    notifying,
    replying,
)
