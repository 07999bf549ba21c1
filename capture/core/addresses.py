"""Where a URL leads, and whether an outgoing call may go there: only to the public internet.

The tables follow the IANA special-purpose registries for IPv4 and IPv6. Departures: everything outside
2000::/3 is refused, and so are relays and tunnels whose far end cannot be known.
"""

import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

PORTS = (80, 443, 8080, 8443)
DEFAULT_PORTS = {"http": 80, "https": 443}
URL_CHARACTERS_MAX = 4096

Address = IPv4Address | IPv6Address

DENIED_V4: dict[IPv4Network, str] = {
    IPv4Network(network): reason
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier"),
        ("127.0.0.0/8", "loopback"),
        # Azure's host answers here with credentials, although the address looks public.
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
}
DENIED_V6: dict[IPv6Network, str] = {
    IPv6Network(network): reason
    for network, reason in (
        ("::/128", "this network"),
        ("::1/128", "loopback"),
        # The layout of a local translation prefix is its network's secret: no inner address can be trusted.
        ("64:ff9b:1::/48", "local translation"),
        ("100::/64", "discard"),
        ("2001::/32", "teredo tunnel"),
        ("2001:2::/48", "benchmarking"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
}
GLOBAL_V6 = IPv6Network("2000::/3")

# Where an IPv4 address sits inside an IPv6 one: the network, and how many bits follow the inner address.
CARRIERS = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)

_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")
_AUTHORITY = re.compile(r"(https?)://([^/?#]+)", re.IGNORECASE)
_NAME = re.compile(r"(?=.{1,254}$)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
_LIKE_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


class Refused(Exception):
    """A call that is not made, or that is given up: a name that says why, and what was seen."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(detail)
        self.name, self.detail = name, detail


@dataclass(frozen=True)
class Target:
    """One URL, taken apart; `allowed` when the operator named exactly this host and port."""

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None
    allowed: bool

    @property
    def name(self) -> str:
        """The host as certificates and Host headers spell it."""
        return self.host.removesuffix(".")

    @property
    def authority(self) -> str:
        return self.name if self.port == DEFAULT_PORTS[self.scheme] else f"{self.name}:{self.port}"


def target_of(url: str, allow: Collection[str]) -> Target:
    """What a URL names, if it may be called at all; `allow` has the operator's exact `host:port` entries."""
    parsed = _parsed(url)
    scheme, host = parsed.scheme or "", (parsed.host or "").lower()
    port = DEFAULT_PORTS[scheme] if parsed.port is None else parsed.port
    try:
        literal = literal_of(host)
    except ValueError as error:
        raise Refused("bad_url", str(error)) from error
    allowed = f"{host}:{port}" in {entry.lower() for entry in allow}
    if scheme != "https" and not allowed:
        raise Refused("insecure", "http without encryption")
    if port not in PORTS and not allowed:
        raise Refused("bad_port", f"port {port}; allowed are {', '.join(map(str, PORTS))}")
    return Target(scheme, host, port, parsed.request_uri, literal, allowed)


def refusal_of(address: Address) -> str | None:
    """Why this address may not be connected to, in a word or two; None when it may."""
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in DENIED_V4.items() if address in network), None)
    for network, reason in DENIED_V6.items():
        if address in network:
            return reason
    inner = embedded_in(address)
    if inner is not None:
        return refusal_of(inner)
    return None if address in GLOBAL_V6 else "reserved"


def embedded_in(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that mapped, compatible, translated (NAT64) and 6to4 addresses carry."""
    for network, bits_behind in CARRIERS:
        if address in network:
            return IPv4Address(int(address) >> bits_behind & 0xFFFFFFFF)
    return None


def literal_of(host: str) -> Address | None:
    """The address that a URL's host (in lower case) spells, in any way that systems accept; None for a name.

    Raises ValueError for what is neither. A number is never taken for a name: resolvers guess differently.
    """
    if host.startswith("["):
        if "%" in host:
            raise ValueError("an address with a zone")
        return IPv6Address(host.strip("[]"))
    if not _NAME.fullmatch(host):
        raise ValueError("the host is not a name")
    bare = host.removesuffix(".")
    if not _LIKE_A_NUMBER.fullmatch(bare):
        return None
    try:
        return IPv4Address(socket.inet_aton(bare))
    except OSError as error:
        raise ValueError("a number that is no address") from error


def _parsed(url: str) -> Url:
    written = _AUTHORITY.match(url)
    if len(url) > URL_CHARACTERS_MAX or _UNSAFE_IN_URL.search(url):
        raise Refused("bad_url", "too long, or with spaces, backslashes or control characters")
    if written is None:
        raise Refused("bad_url", "not a complete https address")
    if "@" in written[2]:
        raise Refused("bad_url", "a user name or password in the address")
    try:
        return parse_url(url)
    except LocationParseError as error:
        raise Refused("bad_url", "the host or the port is not valid") from error
