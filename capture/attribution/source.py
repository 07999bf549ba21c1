"""Where a visit came from, taken from its landing URL and its referrer: raw values, cleaned, not interpreted.

Both texts are hostile: nothing here raises, and everything is cut to a length that a column can hold.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

URL_CHARACTERS_MAX = 2_048
UTM_CHARACTERS_MAX = 255
CLICK_ID_CHARACTERS_MAX = 512
# Parameters are looked for beyond the part of a URL that is kept: ad networks write long ones.
READ_CHARACTERS_MAX = 8_192
PARAMETERS_MAX = 200
HOST_CHARACTERS_MAX = 253

UTM = ("source", "medium", "campaign", "term", "content", "id", "source_platform")
CLICK_IDS = ("gclid", "gbraid", "wbraid", "fbclid", "ttclid", "msclkid", "li_fat_id", "zclid")

# Beside control characters and half surrogates: those that turn a line around or are seen by nobody.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_URL = re.compile(
    r"(?P<scheme>https?|android-app)://(?:[^/?#\\]*@)?(?P<host>\[[0-9a-f:.]+\]|[^/?#@\\:\[\]]+)(?P<port>:\d{0,5})?"
    r"(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_OWN_PATH = re.compile(r"(?P<path>/(?![/\\])[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.DOTALL)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Source:
    """What the browser told about one coming; `channel_of` decides what it means."""

    landing_url: str | None
    landing_page: str | None
    referrer: str | None
    referrer_host: str | None
    utm: dict[str, str]
    click_ids: dict[str, str]

    @property
    def has_campaign(self) -> bool:
        return bool(self.utm or self.click_ids)

    @property
    def is_external(self) -> bool:
        """Not a step inside the own site, and not a direct visit."""
        return self.has_campaign or self.referrer is not None


@dataclass(frozen=True, slots=True)
class _Address:
    """A URL taken apart and cut to length, without user, password and fragment; the query is whole."""

    url: str
    page: str
    query: str
    host: str | None


def source_of(url: str | None, referrer: str | None, *, own_hosts: Collection[str]) -> Source:
    """The source of a visit. A referrer from an own host, or from the landing URL's, is navigation: None."""
    landing = _landing(url)
    came_from = _address(_clean(referrer or ""))
    if came_from is not None and _is_own(came_from, landing, own_hosts):
        came_from = None
    parameters = _parameters(landing.query) if landing is not None else {}
    return Source(
        landing_url=landing.url if landing else None,
        landing_page=landing.page if landing else None,
        referrer=came_from.url if came_from else None,
        referrer_host=came_from.host if came_from else None,
        utm=_values(parameters, {name: f"utm_{name}" for name in UTM}, UTM_CHARACTERS_MAX),
        click_ids=_values(parameters, {name: name for name in CLICK_IDS}, CLICK_ID_CHARACTERS_MAX),
    )


def host_of(text: str) -> str | None:
    """A host in its one spelling: lower-case ASCII without port, brackets, last dot; None if it is none."""
    host = text.strip().lower().removesuffix(".")
    host = host[1:].partition("]")[0] if host.startswith("[") else host
    if not host.isascii():
        host = _ascii(host)
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host if len(host) <= HOST_CHARACTERS_MAX and _HOST.fullmatch(host) else None


def _landing(url: str | None) -> _Address | None:
    """Absolute, or a path of the own site as a script may send it."""
    text = _clean(url or "")
    found = _OWN_PATH.fullmatch(text)
    if found is not None:
        return _cut("", None, found["path"], found["query"] or "")
    address = _address(text)
    return address if address and address.url.startswith("http") else None


def _address(text: str) -> _Address | None:
    found = _URL.fullmatch(text)
    host = host_of(found["host"]) if found is not None else None
    if found is None or host is None:
        return None
    shown = f"[{host}]" if ":" in host else host
    origin = f"{found['scheme'].lower()}://{shown}{found['port'] or ''}"
    return _cut(origin, host, found["path"] or "/", found["query"] or "")


def _cut(origin: str, host: str | None, path: str, query: str) -> _Address:
    page = _clean(unquote(path, errors="replace"))[:URL_CHARACTERS_MAX]
    return _Address(f"{origin}{path}{query}"[:URL_CHARACTERS_MAX], page, query, host)


def _is_own(came_from: _Address, landing: _Address | None, own_hosts: Collection[str]) -> bool:
    own = {host_of(host) for host in own_hosts} | {landing.host if landing else None}
    return _bare(came_from.host) in {_bare(host) for host in own if host}


def _bare(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def _parameters(query: str) -> dict[str, str]:
    """The first non-empty value of each name, decoded; a mail program's `&amp;` is read as `&`."""
    found: dict[str, str] = {}
    for pair in query[1:].split("&", PARAMETERS_MAX)[:PARAMETERS_MAX]:
        name, _, value = pair.partition("=")
        name = unquote_plus(name).lower().removeprefix("amp;")
        if value and not found.get(name):
            found[name] = _clean(unquote_plus(value, errors="replace"))
    return found


def _values(parameters: dict[str, str], wanted: dict[str, str], characters_max: int) -> dict[str, str]:
    """Composed, because two spellings of the same Vietnamese word would be two campaigns in a report."""
    found = {name: parameters[parameter] for name, parameter in wanted.items() if parameters.get(parameter)}
    # Cut before and after: composing a long run of accents is slow, and it can make a text longer.
    composed = {name: unicodedata.normalize("NFC", value[:characters_max]) for name, value in found.items()}
    return {name: value[:characters_max].strip() for name, value in composed.items()}


def _clean(text: str) -> str:
    return _UNSAFE.sub("", text[:READ_CHARACTERS_MAX]).strip()


def _ascii(host: str) -> str:
    try:
        return host[:HOST_CHARACTERS_MAX].encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
