"""The examples of docs/api.md, run in their order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import orjson

from capture.accounts.roles import SCOPES
from tests.products import Product

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
COMMAND = re.compile(r"^(curl .*?)\s+# (\d{3})$", re.MULTILINE | re.DOTALL)
ORIGIN = "http://localhost:8000"


def request_of(command: str, token: str) -> dict[str, Any]:
    """A curl command as a test client's request."""
    words = shlex.split(command.replace("$TOKEN", token))[1:]
    asked: dict[str, Any] = {"method": "GET", "headers": {}}
    while words:
        word = words.pop(0)
        if word == "-X":
            asked["method"] = words.pop(0)
        elif word == "-d":
            asked["data"] = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            asked["headers"][name] = value
        else:
            assert word.startswith(ORIGIN), word
            asked["path"] = word.removeprefix(ORIGIN)
    return asked


def test_every_example_does_what_it_says(site: Product) -> None:
    client, token = site.app.test_client(), site.token(*SCOPES)["Authorization"].removeprefix("Bearer ")
    found = COMMAND.findall("\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)))
    assert len(found) == TEXT.count("curl "), "an example names no status"
    for command, status in found:
        answer = client.open(**request_of(command, token))
        assert answer.status_code == int(status), f"{command}\n{answer.text}"


def test_a_refusal_looks_as_it_is_shown(site: Product) -> None:
    shown = orjson.loads(re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)[0])
    wrong = {"fields": [{"name": "email", "type": "nothing"}]}
    path, token = "/api/v1/sites/test/forms/wrong", site.token("config:write")
    told = site.app.test_client().put(path, json=wrong, headers=token).json or {}
    assert told.keys() == shown.keys() and told["errors"].keys() == shown["errors"].keys()
    assert {name: told[name] for name in ("title", "status", "detail")} == {
        name: shown[name] for name in ("title", "status", "detail")
    }
