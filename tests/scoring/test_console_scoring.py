"""The rules in the console: a new model, the shipped rules, and what a change would do to known people."""

from __future__ import annotations

from capture.leads.models import Lead
from capture.scoring.models import Score, ScoringModel
from capture.scoring.queries import model_of
from capture.scoring.replay import Known, replay
from capture.scoring.rules import Model, Rule, Threshold
from tests.console.editing import file_of, opened, posted
from tests.products import Product, typed


def test_saving_is_a_new_model_and_old_scores_keep_theirs(site: Product) -> None:
    site.app.test_client().post("/f/guide", data=typed())
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/scoring")
    posted(browser, "/console/scoring", form, rules__1__points="21")
    first, second = site.rows(ScoringModel)
    assert (first.number, second.number) == (1, 2) and site.rows(Score)[0].model_id == first.id


def test_a_rule_is_added_removed_and_named_after_its_words(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/scoring")
    for name in [one for one in form if one.startswith("rules.0.")]:
        form.poplist(name)
    new = {"name": "", "label__vi": "Xem bảng giá sỉ", "points": "12", "group": "behaviour", "when__alone": "y"}
    new |= {"when__rows__0__fact": "visits", "when__rows__0__operator": "gte", "when__rows__0__value": "3"}
    answer = posted(browser, "/console/scoring", form, **{f"rules__n1__{name}": value for name, value in new.items()})
    assert answer.status_code == 303
    names = [one["name"] for one in site.rows(ScoringModel)[-1].rules["rules"]]
    assert names == ["phone", "company", "big", "throw-away", "xem-bang-gia-si"]


def test_back_to_the_shipped_rules_leaves_nothing_in_the_file(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/scoring")
    shown = posted(browser, "/console/scoring", form, _reset="y")
    assert shown.status_code == 200 and "Nothing is saved yet" in shown.text and site.count(ScoringModel) == 1
    from tests.console.browser import sent

    posted(browser, "/console/scoring", sent(shown.text.split('id="edit"', 1)[1].split("</form>", 1)[0]))
    assert "scoring:" not in file_of(site)


def test_a_change_is_tried_on_the_people_whom_we_know_and_writes_nothing(site: Product) -> None:
    for number in range(3):
        answers = typed(email=f"a{number}@example.com", phone=f"091234567{number}", size="big" if number else "small")
        site.app.test_client().post("/f/guide", data=answers)
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/scoring")
    before = [(one.stage, one.score) for one in site.rows(Lead)]
    same = posted(browser, "/console/scoring/preview", form).text
    assert "Nobody would change their stage." in same
    told = posted(browser, "/console/scoring/preview", form, rules__3__points="1").text
    assert "2 down" in told and "Worked out over the 3 newest leads" in told
    assert [(one.stage, one.score) for one in site.rows(Lead)] == before and site.count(ScoringModel) == 1
    assert "not complete" in posted(browser, "/console/scoring/preview", form, rules__3__points="").text


def test_a_replay_gives_the_scores_that_were_given(site: Product) -> None:
    """The facts that are stored make the same score again: otherwise the preview would be a guess."""
    for answers in (
        typed(),
        typed(email="b@mailinator.com", phone=None),
        typed(email="c@quan.vn", size="big", phone="0912345679"),
    ):
        site.app.test_client().post("/f/guide", data={**answers, "_page": "summer"})
    people = site.app.extensions["capture.doors"].tellers["people_with_facts"](site.rows(Lead) and _site_id(site))
    stored = site.rows(ScoringModel)[-1]
    model = model_of(stored.id, stored.number, stored.rules)
    scores = {one.id: (one.score, one.stage) for one in site.rows(Lead)}
    told = replay(people, Model("", 0, (), {}, {}), model)
    assert len(people) == 3 and {one.who.id: one.after for one in told.moved}.items() <= scores.items()


def _site_id(site: Product) -> str:
    from capture.sites.models import Site

    return str(site.rows(Site)[0].id)


def test_who_moves_is_told_with_points_before_and_after() -> None:
    rule = Rule("visits", "Visits", "behaviour", {"fact": "visits", "gte": 2}, 50)
    old = Model("", 1, (), {"mql": Threshold(45)}, {})
    new = Model("", 2, (rule,), {"mql": Threshold(45)}, {})
    people = [
        Known("1", "An", "marketing", {"email.valid": True, "visits": 3}),
        Known("2", "Bình", "marketing", {"visits": 3}),
    ]
    told = replay(people, old, new)
    assert (told.before, told.after) == ({"iql": 1, "raw": 1}, {"mql": 1, "raw": 1})
    assert [(one.who.name, one.before, one.after, one.is_up) for one in told.moved] == [
        ("An", (0, "iql"), (50, "mql"), True)
    ]
