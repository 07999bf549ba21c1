"""A limited coupon while everybody wants it."""

from __future__ import annotations

import html
import re

import pytest

from tests.durability.conftest import STANDING
from tests.durability.crowd import Answer, Line, form_post, in_parallel, neighbour, sent, together
from tests.durability.house import LONG, House
from tests.durability.judge import examine, report

LIMIT, CLAIMS, AT_ONCE = 100, 500, 100
CODE = re.compile(r"\b(?:FEW|MANY)-?[A-Z0-9-]{4,}\b")


two_processes = pytest.mark.parametrize("standing", [name for name in STANDING if name.endswith("-2")], indirect=True)


def shown_codes(port: int, answers: list[Answer]) -> list[str | None]:
    """The code on each thank-you page; None where it says that there is none."""

    def one(answer: Answer) -> str | None:
        with Line(port) as line:
            page = line.get(answer.headers["location"])
        assert page.status == 200
        found = CODE.search(html.unescape(page.body.decode()))
        return found[0] if found else None

    return in_parallel(one, answers, threads=8)


@two_processes
def test_five_hundred_claims_for_a_hundred_codes_give_a_hundred(
    standing: House, request: pytest.FixtureRequest
) -> None:
    house = standing
    posts = [form_post("sale", {"email": f"buyer-{n}@example.com"}, page="few") for n in range(CLAIMS)]
    ask = lambda number: sent(house.port, posts[number], source=neighbour(number))  # noqa: E731
    answers = in_parallel(ask, range(CLAIMS), threads=AT_ONCE)
    assert {answer.status for answer in answers} == {303}
    owners = house.rows("SELECT code, lead_id FROM coupon_code WHERE code LIKE 'FEW%'")
    assert len(owners) == len({row[0] for row in owners}) == len({row[1] for row in owners}) == LIMIT
    assert house.one("SELECT claimed FROM coupon c JOIN offer o ON o.id = c.offer_id WHERE o.slug = 'few'") == LIMIT
    assert house.one('SELECT count(*) FROM "grant" WHERE state = :state', state="sold_out") == CLAIMS - LIMIT
    examine(house)
    asked = answers if LONG else answers[: CLAIMS // 5]
    shown = [code for code in shown_codes(house.port, asked) if code]
    assert len(shown) == len(set(shown)), "one code was shown to two people"
    assert set(shown) <= {row[0] for row in owners}
    report(request, f"{CLAIMS} claims, {len(owners)} codes of {LIMIT}, {len(shown)} seen on thank-you pages, 0 doubled")


@two_processes
def test_one_person_fifty_times_at_once_has_one_code(standing: House, request: pytest.FixtureRequest) -> None:
    house = standing
    posts = [form_post("sale", {"email": "buyer@example.com"}, key=f"press-{n}", page="many") for n in range(50)]
    answers = together(house.port, posts)
    assert {answer.status for answer in answers} == {303}
    assert len({answer.submission for answer in answers}) == 50
    codes = [str(row[0]) for row in house.rows("SELECT code FROM coupon_code WHERE code LIKE 'MANY%'")]
    assert len(codes) == 1
    assert set(shown_codes(house.port, answers)) == set(codes)
    examine(house)
    report(request, "50 claims of one person, 1 code, shown 50 times")
