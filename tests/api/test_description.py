"""The description tells the truth: it is valid, complete, and whatever it allows is answered as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from openapi_spec_validator import validate
from pydantic import TypeAdapter
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, FuzzScenarioFinished, NonFatalError, ScenarioFinished
from schemathesis.transport.wsgi import WSGITransport

from capture.accounts.roles import SCOPES
from capture.api.described import told_of
from tests.products import Product

STANDARD = Path(__file__).parents[1] / "site.yaml"
# The same requests in every run. What fits a schema may still name a form that does not exist: 422, with a message.
TRIAL = {
    "seed": 20_261_124,
    "phases": {"stateful": {"enabled": False}},
    "generation": {"max-examples": 8, "database": "none"},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422"]},
        "negative_data_rejection": {"expected-statuses": ["400", "401", "403", "404", "405", "412", "415", "422"]},
    },
}


@pytest.fixture
def trial(product: Product, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a machine says that tries the description on a product with a site, a lead and a token for everything."""
    product.apply(STANDARD)
    product.app.test_client().post("/f/guide", data={"email": "an@example.com", "_page": "guide", "consent": "y"})
    config = SchemathesisConfig.from_dict({**TRIAL, "headers": product.token(*SCOPES)})
    # Its probes without a token hand settings of `requests` on to werkzeug, which does not know them.
    send, foreign = WSGITransport.send, {"max_redirects", "verify", "cert", "proxies"}
    monkeypatch.setattr(
        WSGITransport,
        "send",
        lambda self, case, **more: send(self, case, **{name: more[name] for name in more.keys() - foreign}),
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", product.app, config=config)
    # Last what moves the site to other hosts, where nothing else would find it any more.
    settings = {"path": "/api/v1/sites/{site}/settings", "method": "PUT"}
    return [*from_schema(schema.exclude(**settings)).execute(), *from_schema(schema.include(**settings)).execute()]


def failures_of(event: Any) -> list[str]:
    """What went wrong in one scenario, with a command that shows it."""
    if isinstance(event, NonFatalError | FatalError):
        return [f"{getattr(event, 'label', '')}: {event.info}"]
    if not isinstance(event, ScenarioFinished | FuzzScenarioFinished):
        return []
    nodes = [node for case in event.recorder.checks.values() for node in case]
    failed = [node.failure_info for node in nodes if node.failure_info is not None]
    return [f"{event.recorder.label}: {one.failure.title}: {one.failure.message}\n{one.code_sample}" for one in failed]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_every_answer_is_one_that_the_description_names(trial: list[Any]) -> None:
    found = [failure for event in trial for failure in failures_of(event)]
    assert not found, "\n\n".join(dict.fromkeys(found))
    tried = {event.recorder.label for event in trial if isinstance(event, ScenarioFinished)}
    assert {"PUT /api/v1/sites/{site}/pages/{key}", "POST /api/v1/forms/{slug}/submissions"} <= tried


def test_the_description_is_valid(site: Product) -> None:
    validate(site.app.test_client().get("/api/v1/openapi.json").json)


def test_every_route_of_the_api_is_described(site: Product) -> None:
    for rule in site.app.url_map.iter_rules():
        if str(rule).startswith("/api/v1") and "nothing" not in rule.endpoint and "OPTIONS" not in (rule.methods or ()):
            assert told_of(site.app.view_functions[rule.endpoint]), f"{rule} says nothing of itself"


def test_the_examples_fit_their_shapes(site: Product) -> None:
    for section in site.app.extensions["capture.doors"].sections:
        assert section.example, f"{section.name} has no example"
        TypeAdapter(section.item_shape).validate_python(section.example)
