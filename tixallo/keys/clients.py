"""What a caller is called: the client by its `User-Agent`, its network by its address. Neither is more than a claim."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from tixallo.keys.masking import masked
from tixallo.keys.models import LONGEST_CLIENT

# A product and its version (RFC 9110, 10.1.5); unlike there, a product may have spaces in it, as many have.
_PRODUCT = re.compile(r"([^/(;]+)(?:/v?(\d{1,6}))?", re.ASCII)
# All browsers call themselves Mozilla; of their products the first of these is the one that tells them apart.
_BROWSERS = tuple(re.compile(rf"\b({name})/(\d{{1,6}})", re.ASCII) for name in ("Edg", "OPR", "Firefox", "Chrome"))
_BITS = {4: 24, 6: 64}


@lru_cache(maxsize=2048)
def client(agent: str) -> str:
    """Return the short name of a `User-Agent`: product and major version, as `curl 8`; empty if there is none.

    Control characters and whatever looks like a key are left out.
    """
    text = " ".join(masked("".join(each if each.isprintable() else " " for each in agent)).split())
    found = _PRODUCT.match(text)
    if found is not None and found[1] == "Mozilla":
        found = next(filter(None, (browser.search(text) for browser in _BROWSERS)), found)
    if found is None:
        return text[:LONGEST_CLIENT]
    version = f" {found[2]}" if found[2] else ""
    return found[1].strip()[: LONGEST_CLIENT - len(version)] + version


@lru_cache(maxsize=2048)
def network(address: str) -> str:
    """Return the network of an address in CIDR notation: a /24, of IPv6 a /64; empty for what is no address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, _BITS[parsed.version]), strict=False))
