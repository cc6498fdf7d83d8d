"""The icons that the sprite holds, by name."""

import re
from functools import cache

from tixallo.web.assets import assets

SPRITE = "web/icons.svg"


@cache
def names() -> frozenset[str]:
    """Return the names of all icons; scripts/icons adds more."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', assets().files[SPRITE].body.decode()))


@cache
def address(name: str) -> str:
    """Return the address of one icon. KeyError when the sprite has none of this name."""
    if name not in names():
        raise KeyError(f"There is no icon {name}; scripts/icons adds one")
    return f"{assets().address(SPRITE)}#{name}"
