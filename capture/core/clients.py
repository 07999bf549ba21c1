"""Who is calling: the address of a client, behind configured proxies only, and its bucket for limits."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]) -> str | None:
    """The rightmost address that is not a trusted proxy; a forwarding header from anybody else is ignored."""
    hops = [peer or "", *reversed((forwarded_for or "").split(","))] if forwarded_for else [peer or ""]
    found = None
    for hop in hops:
        address = _parsed(hop)
        if address is None:
            return found
        found = str(address)
        if not any(address in network for network in trusted):
            return found
    return found


def is_among(address: str | None, networks: Sequence[Network]) -> bool:
    """Whether this is the address of a configured proxy."""
    parsed = _parsed(address or "") if networks else None
    return parsed is not None and any(parsed in network for network in networks)


def bucket_of(address: str | None) -> str:
    """What limits count by: an IPv4 address, or the /64 that one IPv6 household has."""
    parsed = _parsed(address or "")
    if parsed is None:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
