"""Making a key. Its text exists in what `make_key` returns, and nowhere after that."""

from datetime import timedelta
from typing import Any

from tixallo.keys import ending, hashing, scopes, token
from tixallo.keys.models import DEFAULT_LIMIT, ENVIRONMENTS, LARGEST_LIMIT, ApiKey
from tixallo.kit.errors import Invalid
from tixallo.workspaces.changes import Change, Subject
from tixallo.workspaces.naming import name_errors

LONGEST_LIFE = timedelta(days=3650)


def make_key(
    change: Change,
    *,
    name: str,
    environment: str = "production",
    expires_in: timedelta | None = None,
    limit: int = DEFAULT_LIMIT,
    allowed: list[str] | None = None,
    form_value: str | None = None,
) -> tuple[ApiKey, token.Token]:
    """Make a key of the workspace and return it with its text, which is to be shown once.

    `limit` is the requests in 60 seconds; `allowed` the scopes, None for everything; `form_value` an id that only one
    key can be made with (see `made_with`). Raises `Invalid`.
    """
    _check(name, environment, expires_in, limit)
    made = token.generate(environment)
    version = hashing.current_version()
    digest = hashing.digest(made.signed_part, version)
    assert digest is not None, "the current pepper is there"
    key = ApiKey(
        workspace_id=change.workspace_id,
        public_id=made.public_id,
        digest=digest,
        pepper_version=version,
        checksum_end=made.last_four,
        name=name,
        environment=environment,
        rate_limit=limit,
        scopes=None if allowed is None else scopes.checked(allowed),
        made_by=change.actor.label,
        maker_id=change.actor.id if change.actor.kind == "person" else None,
        created_at=change.now,
        expires_at=None if expires_in is None else change.now + expires_in,
        form_value=form_value,
    )
    key.save(force_insert=True)
    if key.expires_at is not None:
        ending.schedule_expiry(key.id, key.expires_at)
    change.record("key.created", Subject("key", key.id, name), _facts(key))
    return key, made


def made_with(change: Change, form_value: str) -> ApiKey | None:
    """Return the key that was made with a form's value, if one was: the same form, sent again, makes no other."""
    return ApiKey.objects.filter(workspace_id=change.workspace_id, form_value=form_value).first()


def _check(name: str, environment: str, expires_in: timedelta | None, limit: int) -> None:
    errors: dict[str, list[str]] = {}
    if wrong := name_errors(name):
        errors["name"] = wrong
    if environment not in ENVIRONMENTS:
        errors["environment"] = [f"Must be one of {', '.join(ENVIRONMENTS)}"]
    if expires_in is not None and not timedelta(0) < expires_in <= LONGEST_LIFE:
        errors["expires"] = [f"Must be 1 to {LONGEST_LIFE.days} days"]
    if not 1 <= limit <= LARGEST_LIMIT:
        errors["limit"] = [f"Must be 1 to {LARGEST_LIMIT}"]
    if errors:
        raise Invalid(errors)


def _facts(key: ApiKey) -> dict[str, Any]:
    return {
        "name": key.name,
        "environment": key.environment,
        "public_id": key.public_id,
        "expires_at": key.expires_at,
        "limit": key.rate_limit,
        "scopes": key.scopes,
    }
