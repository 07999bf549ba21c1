"""The heart of every editor: a value as a form, sent by a browser, is the same value again."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter
from werkzeug.datastructures import MultiDict

from capture.console.conditions import condition_of, read, written
from capture.console.posted import nested
from capture.console.shapes import controls_of, value_of
from capture.delivery.catalogue import EVENTS
from capture.delivery.sitefile import DestinationShape
from capture.formbuilder.sitefile import FormShape
from capture.offers.sitefile import OfferShape
from capture.scoring.rules import GROUPS
from capture.scoring.sitefile import ScoringShape
from capture.sites.sitefile import SiteShape
from forms.conditions import problems_with
from tests.console.browser import sent

PAGE = (
    '{% from "parts/shape.html" import controls %}{% from "parts/condition.html" import blanks %}'
    "{{ controls(shown) }}{{ blanks() }}"
)
# What a site file may hold of a text: no control characters but line ends and tabs.
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
TEXTS = st.text(LETTERS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
CLEAN = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)
SLUGS = st.text(string.ascii_lowercase + string.digits, min_size=3, max_size=12)


def localised(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return texts | st.dictionaries(st.sampled_from(["vi", "en"]), texts, min_size=1)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def items(required: dict[str, Any], /, **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


SCALARS = (
    st.integers(-(10**9), 10**9) | st.booleans() | TEXTS | st.floats(allow_nan=False, allow_infinity=False, width=32)
)
FACTS = st.sampled_from(["page_views", "channel", "email.company", "answers.size", "touch.download", "page_views./gia"])
COMPARISONS = st.one_of(
    st.builds(
        lambda f, o, v: {"fact": f, o: v}, FACTS, st.sampled_from(["eq", "ne", "contains", "starts_with"]), SCALARS
    ),
    st.builds(
        lambda f, o, v: {"fact": f, o: v}, FACTS, st.sampled_from(["gt", "gte", "lt", "lte"]), st.integers(0, 99)
    ),
    st.builds(
        lambda f, o, v: {"fact": f, o: v},
        FACTS,
        st.sampled_from(["in", "not_in"]),
        st.lists(SCALARS, min_size=1, max_size=4),
    ),
    st.builds(lambda f, o: {"fact": f, o: True}, FACTS, st.sampled_from(["present", "absent"])),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds(
            lambda word, all_of: {word: all_of},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | st.builds(lambda one: {"not": one}, inner)
    ),
    max_leaves=6,
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def fields(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    option = texts | items({"value": texts}, label=localised(texts))
    return items(
        {"name": SLUGS, "type": st.sampled_from(["text", "email", "select", "consent"])},
        label=localised(texts), hint=localised(texts), required=st.just(True), purpose=st.just("marketing"),
        options=st.lists(option, min_size=1, max_size=3), value=texts, max_length=st.integers(1, 20_000),
    )  # fmt: skip


def values_of(texts: st.SearchStrategy[str]) -> dict[type[BaseModel], st.SearchStrategy[dict[str, Any]]]:
    rule = items(
        {
            "name": SLUGS,
            "label": localised(texts),
            "group": st.sampled_from(GROUPS),
            "when": CONDITIONS,
            "points": st.integers(-100, 100),
        }
    )
    threshold = st.integers(0, 100) | items({"score": st.integers(0, 100)}, when=CONDITIONS)
    coupon = items(
        {"value": texts},
        prefix=st.just("TET"),
        limit=st.integers(0, 10**8),
        per_lead=st.integers(1, 100),
        expires=MOMENTS,
    )
    return {
        FormShape: items({"slug": SLUGS, "fields": st.lists(fields(texts), min_size=1, max_size=3)}, pipeline=st.just("recruiting")),
        OfferShape: items({"slug": SLUGS, "kind": st.just("coupon"), "form": SLUGS}, title=localised(texts), asset=texts, coupon=coupon),
        DestinationShape: items(
            {"name": SLUGS, "url": texts, "secret": st.just("stored"), "events": st.lists(st.sampled_from(EVENTS), min_size=1, unique=True)},
            when=CONDITIONS, pipeline=st.just("recruiting"),
        ),
        ScoringShape: items(
            {"rules": st.lists(rule, min_size=1, max_size=3)},
            stages=items({"mql": threshold}, sql=threshold),
            caps=st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 100), min_size=1),
        ),
        SiteShape: items(
            {"slug": SLUGS, "name": texts, "hosts": st.lists(SLUGS, min_size=1, max_size=3, unique=True)},
            locale=st.sampled_from(["vi", "en"]), timezone=st.just("Asia/Ho_Chi_Minh"), phone_region=st.just("SG"),
            allowed_origins=st.lists(st.just("https://friend.example"), max_size=1), tracking=st.sampled_from(["off", "consent", "on"]),
            home=SLUGS, theme=st.sampled_from(["giay", "dem", "cho"]), legal=localised(texts),
            links=st.lists(items({"label": localised(texts), "href": st.just("/x")}), max_size=2),
        ),
    }  # fmt: skip


# A failing form is small enough to read; making it smaller still costs a minute.
FEW = settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
WITH_ANYTHING, WITH_WORDS = values_of(TEXTS), values_of(CLEAN)


@cache
def page_of(app: Flask) -> Any:
    return app.jinja_env.from_string(PAGE)


def again(app: Flask, shape: type[BaseModel], value: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The value as a form, sent by a browser and read."""
    with app.test_request_context("/console/"):
        page = page_of(app).render(shown=controls_of(shape, value))
        return value_of(shape, sent(page), before=before)


def shaped(shape: type[BaseModel], value: dict[str, Any]) -> Any:
    return TypeAdapter(shape).validate_python(value)


@pytest.fixture(scope="module")
def app(database: Any) -> Any:
    if "sqlite" not in str(database.app.config["SQLALCHEMY_DATABASE_URI"]):
        pytest.skip("forms know no database")
    database.empty()
    return database.app


@pytest.mark.parametrize("shape", list(WITH_ANYTHING), ids=lambda one: one.__name__)
@FEW
@given(data=st.data())
def test_what_nobody_touched_comes_back_exactly(app: Flask, shape: type[BaseModel], data: st.DataObject) -> None:
    value = data.draw(WITH_ANYTHING[shape])
    assert again(app, shape, value, before=value) == value


@pytest.mark.parametrize("shape", list(WITH_WORDS), ids=lambda one: one.__name__)
@FEW
@given(data=st.data())
def test_what_was_typed_means_what_it_says(app: Flask, shape: type[BaseModel], data: st.DataObject) -> None:
    """Without anything to fall back on: as somebody would have typed it into an empty form."""
    value = data.draw(WITH_WORDS[shape])
    kept = {name: value[name] for name in ("kind", "secret") if name in value}
    made = again(app, shape, value, before=kept)
    assert flat(shaped(shape, made)) == flat(shaped(shape, value))


def flat(shape: Any) -> str:
    """Two ways to write the same are one: short forms, one text for both languages, ticks in any order, whole seconds."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            both = set(value) == {"vi", "en"} and len(set(map(str, value.values()))) == 1
            short = set(value) in ({"value", "label"}, {"score", "when"}) and None in value.values()
            return (
                plain(next(iter(value.values())))
                if both or short
                else {name: plain(one) for name, one in value.items()}
            )
        if isinstance(value, list):
            return (
                sorted(value)
                if set(value if all(isinstance(one, str) for one in value) else ()) & set(EVENTS)
                else [plain(one) for one in value]
            )
        return value

    made = plain(shape.model_dump(mode="python"))
    return json.dumps(made, default=lambda at: at.replace(microsecond=0).isoformat(), sort_keys=True)


@settings(max_examples=200)
@given(SCALARS, st.lists(SCALARS, min_size=1, max_size=4))
def test_a_value_in_a_row_is_read_as_it_was_written(value: Any, several: list[Any]) -> None:
    assert read(written(value), "eq") == value and type(read(written(value), "eq")) is type(value)
    assert read(written(several), "in") == several


def test_a_row_that_is_not_finished_is_pointed_at() -> None:
    rows = {"w.join": "any", "w.rows.0.fact": "visits", "w.rows.0.operator": "gte", "w.rows.0.value": "many"}
    rows |= {"w.rows.n1.join": "all", "w.rows.n1.rows.0.fact": "nothing", "w.rows.n1.rows.0.value": "1"}
    condition = condition_of(nested(MultiDict(rows))["w"])
    assert condition == {"any": [{"fact": "visits", "gte": "many"}, {"all": [{"fact": "nothing", "eq": 1}]}]}
    assert [path for path, _text in problems_with(condition)] == [".any[0].gte", ".any[1].all[0].fact"]


def test_rows_are_moved_and_keep_what_they_were(app: Flask) -> None:
    before = {
        "slug": "a",
        "fields": [{"name": "one", "type": "text"}, {"name": "two", "type": "email", "required": True}],
    }
    with app.test_request_context("/console/"):
        pairs = list(sent(page_of(app).render(shown=controls_of(FormShape, before))).items(multi=True))
    first = [pair for pair in pairs if pair[0].startswith("fields.0")]
    others = [pair for pair in pairs if not pair[0].startswith("fields.0")]
    with app.test_request_context("/console/"):
        made = value_of(FormShape, MultiDict([*others, *first]), before=before)
    assert [one["name"] for one in made["fields"]] == ["two", "one"]
    assert made["fields"][0]["required"] is True
