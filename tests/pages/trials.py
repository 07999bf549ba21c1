"""An experiment on the page `guide`, and people who come to it."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient

from capture.pages.experiments import expose
from capture.pages.experiments.models import Experiment
from capture.pages.experiments.queries import ExperimentNow, experiments
from capture.sites.change import put, section_of
from capture.sites.queries import sites
from tests.products import Product

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
HEADING = "Rang như thợ"
OTHER = [{"type": "hero", "heading": {"vi": HEADING, "en": "Roast like a pro"}}, {"type": "form"}]


def trial(**changes: Any) -> dict[str, Any]:
    """As the site file has it."""
    variants = [
        {"key": "a", "name": "Như cũ", "weight": 50},
        {"key": "b", "name": "Tựa mới", "weight": 50, "blocks": OTHER},
    ]
    return {"slug": "heading", "page": "guide", "variants": variants, "running": True, **changes}


def set_up(site: Product, item: dict[str, Any] | None = None) -> Experiment:
    item = item or trial()
    put(section_of("experiments"), item, site_id=next(iter(sites())), actor="linh@example.com")
    return site.rows(Experiment, slug=item["slug"])[0]  # type: ignore[no-any-return]


def now_running() -> ExperimentNow:
    return next(one for one in experiments().values() if one.is_running)


def ask(
    client: FlaskClient, path: str = "/guide", peer: str = "203.0.113.5", agent: str = PERSON, **headers: str
) -> Any:
    told = {"User-Agent": agent, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.get(path, headers=told, environ_base={"REMOTE_ADDR": peer})


def shown(page: Any) -> str:
    """The key of the variant that the server sent."""
    found = re.search(r'<html [^>]*data-variant="[^":]+:(\w)"', page.text)
    return found[1] if found else ""


def peer_shown(client: FlaskClient, key: str) -> str:
    """An address that is sent this variant today."""
    for number in range(1, 200):
        peer = f"198.51.100.{number}"
        if shown(ask(client, peer=peer)) == key:
            return peer
    raise AssertionError("nobody is sent it")


def view(client: FlaskClient, visitor: str, claim: str, peer: str = "203.0.113.5", agent: str = PERSON) -> None:
    """The beacon of a page view with script."""
    event = {"kind": "page_view", "page": "/guide", "variant": claim}
    body = {"visitor": visitor, "events": [event]}
    client.post("/t", json=body, headers={"User-Agent": agent}, environ_base={"REMOTE_ADDR": peer})


def visitors(key: str, number: int) -> list[str]:
    """Ids of browsers whose variant this is."""
    running = now_running()
    made = (f"visitor-{one:014d}" for one in range(100_000))
    found = (one for one in made if running.key_for(one) == key)
    return [next(found) for _ in range(number)]


def written() -> None:
    expose.write_waiting()
