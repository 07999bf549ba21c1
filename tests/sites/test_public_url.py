"""One installation, two sites, one PUBLIC_URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.products import Product, typed

HERE = Path(__file__).parent
URL = "/api/v1/forms/guide/submissions"


@pytest.fixture
def public(product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Product:
    """Two sites; the public address is the first one's."""
    text = (HERE.parent / "site.yaml").read_text()
    product.apply(HERE.parent / "site.yaml")
    other = text.replace("slug: test,", "slug: other,").replace("[localhost, 127.0.0.1]", "[other.example]")
    (tmp_path / "guide.pdf").write_bytes((HERE.parent / "guide.pdf").read_bytes())
    (tmp_path / "other.yaml").write_text(other)
    product.apply(tmp_path / "other.yaml")
    _set(product, monkeypatch, public_url="http://localhost:8793")
    return product


def _set(product: Product, monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    from dataclasses import replace

    monkeypatch.setitem(product.app.config, "SETTINGS", replace(product.app.config["SETTINGS"], **values))


@pytest.mark.parametrize(
    ("host", "origin"), [("localhost", "http://localhost:8793"), ("other.example", "http://other.example")]
)
def test_each_site_is_told_its_own_address(public: Product, host: str, origin: str) -> None:
    browser = public.app.test_client()
    made = browser.post(URL, json={"fields": typed()}, base_url=f"http://{host}")
    assert made.json is not None
    assert made.json["next"]["url"].startswith(f"{origin}/thanks/")
    page = browser.get("/guide", base_url=f"http://{host}")
    assert page.headers["Link"] == f'<{origin}/guide>; rel="canonical"'
    assert f'rel="canonical" href="{origin}/guide"' in page.text


def test_a_configured_proxy_says_that_the_visitor_speaks_tls(public: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    from ipaddress import ip_network

    browser, told = public.app.test_client(), {"X-Forwarded-Proto": "https"}
    asked: dict[str, Any] = {"json": {"fields": typed()}, "base_url": "http://other.example", "headers": told}
    assert browser.post(URL, **asked).json["next"]["url"].startswith("http://")
    _set(public, monkeypatch, trusted_proxies=(ip_network("127.0.0.0/8"),))
    assert browser.post(URL, **asked).json["next"]["url"].startswith("https://other.example/thanks/")
