"""Experiments in the site file: drafts and what runs; what is over is history."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from capture.core.errors import Invalid
from capture.pages.experiments.models import Experiment
from capture.sites.change import put, retire, section_of
from capture.sites.commands import apply, export
from capture.sites.queries import sites
from tests.pages.trials import OTHER, set_up, trial
from tests.products import Product
from tests.sites.test_export import STANDARD, beside, told

PART = """
experiments:
  - slug: heading
    page: guide
    variants:
      - {key: a, name: Như cũ, weight: 50}
      - {key: b, name: Tựa mới, weight: 50, title: {vi: Khác, en: Other}, blocks: [{type: hero, heading: Khác}, {type: form}]}
    running: true
  - slug: later
    page: summer
    allocation: adaptive
    variants:
      - {key: a, name: Như cũ}
      - {key: b, name: Chưa có gì, weight: 20}
      - {key: c, name: Cũng chưa}
"""


def written(folder: Path, part: str = PART) -> Path:
    return beside(STANDARD, folder, STANDARD.read_text() + part)


def test_what_is_exported_applies_and_changes_nothing(site: Product, app: Flask, tmp_path: Path) -> None:
    first = site.apply(written(tmp_path))
    assert {"experiment heading: new", "experiment heading: started", "experiment later: new"} <= set(first)
    assert site.apply(written(tmp_path)) == []
    text = told(app, export)
    again = beside(STANDARD, tmp_path, text)
    assert site.apply(again) == []
    assert "running: true" in text and "allocation: adaptive" in text and "salt" not in text
    site.empty()
    site.apply(again)
    assert told(app, export) == text


def test_an_experiment_ends_by_the_file_and_leaves_it(site: Product, app: Flask, tmp_path: Path) -> None:
    site.apply(written(tmp_path))
    over = written(tmp_path, PART.replace("    running: true", "    winner: b"))
    assert "experiment heading: ended" in site.apply(over)
    assert "slug: heading" not in told(app, export).split("experiments:")[1]
    assert "Khác" in site.app.test_client().get("/guide").text


def test_what_is_over_is_not_begun_again(site: Product, tmp_path: Path) -> None:
    site.apply(written(tmp_path))
    retire(section_of("experiments"), "heading", site_id=next(iter(sites())), actor="linh")
    with pytest.raises(Invalid, match="is over"):
        site.apply(written(tmp_path))
    site.apply(written(tmp_path, PART.replace("    running: true\n", "")))


def test_pruning_ends_what_the_file_does_not_name(site: Product, app: Flask, tmp_path: Path) -> None:
    site.apply(written(tmp_path))
    said = told(app, apply, "--prune", str(written(tmp_path, "")))
    assert "experiment heading: ended" in said and "experiment later: removed" in said
    assert [one.winner for one in site.rows(Experiment)] == ["a"]


def test_a_rehearsal_starts_nothing(site: Product, app: Flask, tmp_path: Path) -> None:
    assert "experiment heading: started" in told(app, apply, "--dry-run", str(written(tmp_path)))
    assert site.count(Experiment) == 0


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("page: guide", "page: nowhere", "there is no page 'nowhere'"),
        ("key: b, name: Tựa mới", "key: a, name: Tựa mới", "variant `a` is the page as it is"),
        ("key: b, name: Chưa", "key: a, name: Chưa", "each variant has a key of its own"),
        ("{key: b, name: Tựa mới, weight: 50", "{key: f, name: Tựa mới, weight: 50", "allowed are 'a', 'b'"),
        ("weight: 20", "weight: 0", "1 or more"),
        ("running: true", "running: true\n    winner: b", "only of an experiment that no longer runs"),
        ("[{type: hero, heading: Khác}, {type: form}]", "[{type: form}, {type: form}]", "the one form of its page"),
        ("[{type: hero, heading: Khác}, {type: form}]", "[{type: form, form: call}]", "the one form of its page"),
        ("slug: later", "slug: heading", "two experiments are called 'heading'"),
        ("allocation: adaptive", "allocation: clever", "experiments[1].allocation"),
    ],
)
def test_a_wrong_experiment_is_refused_with_its_line(
    site: Product, tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        site.apply(written(tmp_path, PART.replace(wrong, right)))
    assert said in refusal.value.message
    assert site.count(Experiment) == 0


def test_of_two_who_start_at_once_one_is_told(site: Product) -> None:
    site_id, outcomes = next(iter(sites())), []
    barrier = threading.Barrier(2)

    def begin(slug: str) -> None:
        with site.app.app_context():
            barrier.wait()
            try:
                put(section_of("experiments"), trial(slug=slug), site_id=site_id, actor=slug)
                outcomes.append("started")
            except Invalid as refusal:
                outcomes.append(next(iter(refusal.errors.values()))[0])

    threads = [threading.Thread(target=begin, args=(slug,)) for slug in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Another experiment runs on this page: end that one first.", "started"]
    assert site.count(Experiment) == 1


def test_changed_weights_divide_anew_and_nothing_else_may_change(site: Product) -> None:
    set_up(site)
    item: dict[str, Any] = trial()
    set_up(site, {**item, "variants": [{**one, "weight": 10} for one in item["variants"]]})
    for changed in ({"page": "summer"}, {"variants": [*item["variants"], {"key": "c", "name": "C", "blocks": OTHER}]}):
        with pytest.raises(Invalid):
            set_up(site, {**item, **changed})
