"""What can be wrong with a request, as the few classes that rules raise and each door translates once."""

from collections.abc import Mapping, Sequence

BUSY_SECONDS = 5
LONGEST_NAME_SHOWN = 20


class Refusal(Exception):
    """A request that is not carried out, for a reason its sender is told."""


class Invalid(Refusal):
    """The input breaks rules: `field_errors` by field, `form_errors` for the whole."""

    def __init__(
        self, field_errors: Mapping[str, Sequence[str]] | None = None, form_errors: Sequence[str] = ()
    ) -> None:
        super().__init__("Invalid input")
        # What a client calls a field of its own can be anything; a long name is known again by its beginning.
        self.field_errors = {_shown(name): list(errors) for name, errors in (field_errors or {}).items()}
        self.form_errors = list(form_errors)

    @classmethod
    def joined(cls, parts: Sequence["Invalid"]) -> "Invalid":
        """Return one that says what all of these do."""
        fields: dict[str, list[str]] = {}
        for part in parts:
            for name, errors in part.field_errors.items():
                fields.setdefault(name, []).extend(errors)
        return cls(fields, [error for part in parts for error in part.form_errors])

    def sentence(self) -> str:
        """Return all errors as one line for a person at a terminal."""
        parts = [f"{name}: {error}" for name, errors in self.field_errors.items() for error in errors]
        return "; ".join([*parts, *self.form_errors])


class InvalidJson(Refusal):
    """The body is not JSON, has a key twice, or is not UTF-8."""


class Unauthorized(Refusal):
    """No valid key; `challenged` says whether a Bearer credential was sent at all (RFC 6750, section 3)."""

    def __init__(self, *, challenged: bool = False) -> None:
        super().__init__("Unauthorized")
        self.challenged = challenged


class Forbidden(Refusal):
    """Who asks is known and may not."""


class NotFound(Refusal):
    """It does not exist, or belongs to another workspace: the two look the same."""


class Conflict(Refusal):
    """The request clashes with the state; the message says how."""


class InProgress(Conflict):
    """The same request is under way already; its answer can be had with another try in `BUSY_SECONDS`."""


class PreconditionFailed(Refusal):
    """`If-Match` names another version than the stored one."""


class KeyReused(Refusal):
    """The `Idempotency-Key` was used for a different request."""


class TooLarge(Refusal):
    """The body is over its limit."""


class UnsupportedMediaType(Refusal):
    """The body is not sent as JSON."""


class RateLimited(Refusal):
    """Over the limit: try again after `retry_after` whole seconds."""

    def __init__(self, limit: int, window: int, retry_after: int) -> None:
        super().__init__("Rate limit exceeded")
        self.limit = limit
        self.window = window
        self.retry_after = retry_after


class Busy(Refusal):
    """The server cannot take this on now; nothing was changed. Both doors advise another try in `BUSY_SECONDS`."""


class WaitedTooLong(Busy):
    """The same, said only after a wait for its turn to write."""


def _shown(name: str) -> str:
    return name if len(name) <= LONGEST_NAME_SHOWN else f"{name[: LONGEST_NAME_SHOWN - 1]}…"
