"""The product's own plan: which lane a request takes, and what a script may read of a refusal."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from capture.serving.middleware import BehindProxy
from capture.serving.start import LANES, Refusals, lane_of, plan_of
from capture.settings import ROOT
from tests.products import Product

PATH = "/api/v1/forms/guide/submissions"


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("POST", "/f/guide", "leads"),
        ("POST", PATH, "leads"),
        ("POST", "/t", "beacons"),
        ("GET", "/thanks/x", "visitors"),
        ("GET", "/d/x", "visitors"),
        ("GET", "/guide", "visitors"),
        ("GET", "/readyz", "visitors"),
        ("GET", "/console/leads", "colleagues"),
        ("GET", "/api/v1/leads/x", "colleagues"),
    ],
)
def test_visitors_do_not_wait_for_colleagues(method: str, path: str, lane: str) -> None:
    assert lane_of(method, path) == lane
    assert lane in LANES


def test_behind_a_proxy_a_change_shows_within_half_a_second(site: Product) -> None:
    behind = Client(BehindProxy(plan_of(site.app)))
    page = {"path": "/guide", "base_url": "http://localhost"}
    assert "Rang mẻ đầu tiên" in behind.get(**page).text
    behind.application.ticks_at = time.monotonic() + 60  # type: ignore[attr-defined]
    changed = (ROOT / "tests" / "site.yaml").read_text().replace("Rang mẻ đầu tiên", "Rang mẻ khác")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=ROOT / "tests") as file:
        file.write(changed)
        file.flush()
        site.apply(Path(file.name))
    assert "Rang mẻ đầu tiên" in behind.get(**page).text, "it comes from the shelf"
    behind.application.ticks_at = 0.0  # type: ignore[attr-defined]
    assert "Rang mẻ khác" in behind.get(**page).text


def asked(origin: str, path: str = PATH, host: bytes = b"localhost:8000") -> dict[str, Any]:
    return {"path": path, "headers": [(b"host", host), (b"origin", origin.encode())]}


def test_a_script_of_an_allowed_origin_may_read_what_the_front_refuses(site: Product) -> None:
    refusals = Refusals()
    refusals.keep_up()
    for status in (408, 413, 503):
        headers, body = refusals(status, asked("https://friend.example"))
        assert dict(headers)[b"access-control-allow-origin"] == b"https://friend.example"
        assert body
    for told in (asked("https://foreign.example"), asked("https://friend.example", "/f/guide"), asked("x", host=b"?")):
        assert b"access-control-allow-origin" not in dict(refusals(503, told)[0])
