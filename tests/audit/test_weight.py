"""What a page costs a visitor with a cheap phone."""

from __future__ import annotations

import pytest

from tests.audit.measures import weighed
from tests.journeys.browsers import PHONE, OpenPage
from tests.journeys.house import House

KB = 1_024
WHOLE_KB, SCRIPT_KB, FONT_KB = 30, 5, 100


@pytest.mark.parametrize("path", ["/guide", "/en/guide", "/tet", "/en/tet", "/bang-gia", "/rieng-tu", "/nothing-here"])
def test_a_page_is_light(visit: OpenPage, house: House, path: str) -> None:
    weight = weighed(visit(PHONE), house.public + path)
    assert weight["document"] + weight["stylesheet"] + weight["script"] <= WHOLE_KB * KB, dict(weight)
    assert weight["script"] <= SCRIPT_KB * KB, dict(weight)
    assert 0 < weight["font"] <= FONT_KB * KB, dict(weight)
    assert set(weight) <= {"document", "stylesheet", "script", "font", "ping", "fetch", "image"}
