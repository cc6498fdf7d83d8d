"""More keys than a page shows."""

from datetime import timedelta

from tixallo.keys.models import ApiKey
from tixallo.kit import clock
from tixallo.kit.ids import new_id


def add_keys(workspace_id: str, count: int) -> list[str]:
    """Make so many keys that open nothing, a second apart, and return their ids, the oldest first."""
    made = clock.now() - timedelta(days=1)
    # Those of one millisecond are in no order of their own.
    ids = sorted(new_id() for _ in range(count))
    ApiKey.objects.bulk_create(
        ApiKey(
            id=ids[number],
            workspace_id=workspace_id,
            public_id=f"{number:012}",
            digest="",
            pepper_version=1,
            checksum_end="0000",
            name=f"Key {number}",
            environment="production",
            made_by="tests",
            created_at=made + timedelta(seconds=number),
        )
        for number in range(count)
    )
    return ids
