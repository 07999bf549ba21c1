"""Applications on real databases: each test begins with an empty one, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from tests import services
from tests.products import Product

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GUIDE_WORD = "mật khẩu của trang này"
os.environ["HOOK_CRM_SECRET"] = SECRET
os.environ["HOOK_GUIDE_WORD"] = GUIDE_WORD
settings.register_profile("capture", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("capture")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """One migrated product for each kind of database, kept for the whole session."""
    folder = tmp_path_factory.mktemp(f"instance-{request.param}")
    url = f"sqlite:///{folder}/capture.sqlite"
    if request.param == "postgresql":
        url = services.fresh_database(f"capture_{worker_id}_{os.getpid()}")  # two runs at once must not meet
    product = Product.made(folder, url)
    yield product
    product.close()


@pytest.fixture
def product(database: Product) -> Iterator[Product]:
    """The product with an empty database, inside its application context."""
    database.empty()
    with database.app.app_context():
        yield database


@pytest.fixture
def app(product: Product) -> Flask:
    return product.app


@pytest.fixture
def site(product: Product) -> Product:
    """The product with the site of `tests/site.yaml`."""
    product.furnish(Path(__file__).parent / "site.yaml")
    return product


@pytest.fixture
def client(site: Product) -> FlaskClient:
    """A browser at the site, that keeps cookies."""
    return site.app.test_client()
