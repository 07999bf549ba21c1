"""The sites that people come from, by host or by the name that marketers write: `sites.csv`, our own list.

A `site` is a host with all its subdomains, a brand under any country's ending (`google.*`), or a plain name.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

LIST = Path(__file__).with_name("sites.csv")
CATEGORIES = ("search", "social", "shopping", "video", "assistant", "mail", "other")
LABELS_MAX = 12

# A search engine's other subdomains are other products: docs.google.com is no search.
_DOOR = re.compile(
    r"www\d*|[a-z]{2}|m|r|l|mobile|lite|wap|amp|encrypted|images?|scholar|s\d+-\w+"
    r"|search[\w-]*|\w*suche|recherche|busca|buscador|pesquisa|ricerca|szukaj"
)
_ENDING = re.compile(r"\.(?:(?:com|co|net|org|ne|or)\.[a-z]{2}|com|net|org|[a-z]{2})$")
_SEPARATORS = re.compile(r"[\s_]+")
_WITHOUT_AD = re.compile(r"-ads?$")


@dataclass(frozen=True, slots=True)
class Site:
    """A known site: what it is called in reports, and what people do there."""

    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Sites:
    """The list, by what is looked up: hosts, brands without their ending, names."""

    hosts: dict[str, Site]
    brands: dict[str, Site]
    names: dict[str, Site]


@lru_cache(maxsize=4_096)
def site_of(text: str) -> Site | None:
    """The site that a host or a source's name speaks of, whatever the case."""
    key = _SEPARATORS.sub("-", text.strip().lower())
    sites = known_sites()
    found = _by_host(sites, key) if "." in key else None
    return found or sites.names.get(key) or sites.names.get(_WITHOUT_AD.sub("", key))


@cache
def known_sites() -> Sites:
    """The list, read once. A row without a name is called by the first part of its host."""
    sites = Sites({}, {}, {})
    with LIST.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            _add(sites, row["site"], Site(row["name"] or row["site"].partition(".")[0], row["category"]))
    return sites


def _add(sites: Sites, site: str, known: Site) -> None:
    if site.endswith(".*"):
        sites.brands[site[:-2]] = known
    elif "." in site:
        sites.hosts[site] = known
    sites.names.setdefault(known.name if "." in site else site, known)


def _by_host(sites: Sites, host: str) -> Site | None:
    """The longest end of the host that is known, either with its ending or as a brand."""
    labels = host.split(".")[-LABELS_MAX:]
    ending = _ENDING.search(host)
    brand = labels[: -ending[0].count(".")] if ending else []
    for start in range(len(labels)):
        known = sites.hosts.get(".".join(labels[start:])) or sites.brands.get(".".join(brand[start:]))
        if known is not None:
            return known if known.category != "search" or _is_door(labels[: start + 1]) else None
    return None


def _is_door(labels: list[str]) -> bool:
    """Whether a host still leads to the search; the last label is the one where the known site begins."""
    return labels[-1] == "search" or all(_DOOR.fullmatch(label) for label in labels[:-1])
