"""When a message is tried again, as tables without a clock."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.delivery.retries import ATTEMPTS_MAX, SCHEDULE, Decision, next_attempt, wait_asked_for

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
EXACTLY = 0.5  # the middle of the jitter: no deviation
DAY = 24 * 3600


def decided(attempts_made: int, status: int | None = None, **more: object) -> Decision:
    return next_attempt(attempts_made, status, **({"now": NOW, "jitter": EXACTLY} | more))  # type: ignore[arg-type]


def waited(decision: Decision) -> float:
    assert decision.due_at is not None
    return (decision.due_at - NOW).total_seconds()


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    assert ATTEMPTS_MAX == 10
    assert timedelta(seconds=sum(SCHEDULE)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_2xx_is_delivered(status: int) -> None:
    assert decided(1, status) == Decision("delivered", None, False, "delivered")


@pytest.mark.parametrize(
    ("attempts_made", "seconds"),
    [(1, 5), (2, 300), (3, 1800), (4, 7200), (5, 18000), (6, 36000), (7, 50400), (8, 72000), (9, 86400)],
)
def test_each_attempt_is_followed_by_a_longer_wait(attempts_made: int, seconds: int) -> None:
    decision = decided(attempts_made, 500)
    assert (decision.state, decision.pause_destination, decision.why) == ("waiting", False, "said_no")
    assert waited(decision) == seconds


@pytest.mark.parametrize("status", [100, 301, 302, 304, 400, 401, 403, 404, 422, 499, 500, 501, 503, 599])
def test_everything_else_is_tried_again_because_a_person_may_mend_it(status: int) -> None:
    assert waited(decided(3, status)) == 1800


@pytest.mark.parametrize("failure", ["timed_out", "reset", "dns_failed", "tls_failed", "bad_url", "private_address"])
def test_failures_are_tried_again_too_and_keep_their_name(failure: str) -> None:
    decision = decided(3, failure=failure)
    assert (decision.state, decision.why, waited(decision)) == ("waiting", failure, 1800)


@pytest.mark.parametrize("attempts_made", [10, 11])
def test_after_the_last_attempt_the_message_has_failed_and_is_kept(attempts_made: int) -> None:
    assert decided(attempts_made, 500) == Decision("failed", None, False, "used_up")
    assert decided(attempts_made, failure="timed_out").state == "failed"
    assert decided(attempts_made, 429, retry_after="60").state == "failed"


def test_the_last_attempt_may_still_deliver() -> None:
    assert decided(10, 204).state == "delivered"


@pytest.mark.parametrize("attempts_made", [1, 5, 10])
def test_gone_pauses_the_destination_and_its_messages_wait(attempts_made: int) -> None:
    assert decided(attempts_made, 410) == Decision("waiting", None, True, "gone")


@pytest.mark.parametrize("status", [429, 502, 504])
def test_an_overloaded_receiver_gets_no_second_call_after_five_seconds(status: int) -> None:
    assert (waited(decided(1, status)), decided(1, status).why) == (300, "busy")
    assert waited(decided(4, status)) == 7200


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True), st.sampled_from([302, 400, 429, 500, 503, 504]))
def test_jitter_moves_a_wait_by_a_tenth_at_most(attempts_made: int, jitter: float, status: int) -> None:
    exact = waited(decided(attempts_made, status))
    assert 0.9 * exact - 1e-5 <= waited(decided(attempts_made, status, jitter=jitter)) <= 1.1 * exact + 1e-5


def test_jitter_spreads_from_a_tenth_earlier_to_a_tenth_later() -> None:
    assert waited(decided(2, 500, jitter=0)) == 270
    assert waited(decided(2, 500, jitter=0.999)) == pytest.approx(330, abs=0.1)


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_may_ask_for_a_longer_wait(status: int) -> None:
    decision = decided(1, status, retry_after="3600", jitter=0)
    assert (waited(decision), decision.why) == (3600, "asked_to_wait")


def test_a_receiver_may_ask_for_a_longer_wait_as_a_date() -> None:
    then = format_datetime(NOW + timedelta(hours=2), usegmt=True)
    assert waited(decided(1, 503, retry_after=then, jitter=0)) == 7200


def test_what_was_asked_for_is_spread_later_never_earlier() -> None:
    assert waited(decided(1, 503, retry_after="3600", jitter=0.999)) == pytest.approx(3960, abs=1)


@pytest.mark.parametrize("status", [301, 400, 500, 502, 504])
def test_others_may_not_ask(status: int) -> None:
    assert waited(decided(2, status, retry_after="3600")) == 300


@pytest.mark.parametrize("retry_after", ["0", "5", "270", "-1", "-99999999"])
def test_asking_never_shortens_a_wait(retry_after: str) -> None:
    assert waited(decided(2, 503, retry_after=retry_after)) == 300


@pytest.mark.parametrize("retry_after", ["86401", "99999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_asking_for_more_than_a_day_gets_a_day(retry_after: str) -> None:
    assert waited(decided(1, 503, retry_after=retry_after, jitter=0)) == DAY
    assert waited(decided(1, 503, retry_after=retry_after, jitter=0.9)) == DAY


def test_a_schedule_of_more_than_a_day_is_not_cut_by_asking() -> None:
    assert waited(decided(9, 503, retry_after="999999", jitter=0.75)) == pytest.approx(1.05 * DAY)


NONSENSE = [
    "",
    " ",
    "soon",
    "1.5",
    "1e9",
    "+60",
    "0x10",
    "١٢",
    "²",
    "1 2",
    "60, 60",
    "NaN",
    "inf",
    "\x00",
    "Mon",
]
NONSENSE += ["Sun, 99 Nov 2026 99:99:99 GMT", "Sun, 22 Nov 0000 00:00:00 GMT", "2026-11-22T05:00:00Z"]
NONSENSE += [
    "Sat, 21 Nov 2026 00:00:00 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Sun, 22 Nov 2026 05:00:00 +9999999",
]


@pytest.mark.parametrize("retry_after", NONSENSE)
def test_nonsense_and_the_past_count_as_not_asked(retry_after: str) -> None:
    assert wait_asked_for(retry_after, now=NOW) == 0


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("60", 60),
        (" 60 ", 60),
        ("Sun, 22 Nov 2026 03:05:05 GMT", 60),
        ("Sun, 22 Nov 2026 03:05:05", 60),
        ("Sun, 22 Nov 2026 10:05:05 +0700", 60),
        ("Sunday, 22-Nov-26 03:05:05 GMT", 60),
    ],
)
def test_seconds_and_dates_are_understood(retry_after: str, seconds: int) -> None:
    assert wait_asked_for(retry_after, now=NOW) == seconds


@given(
    st.integers(1, 12),
    st.none() | st.integers(100, 999),
    st.none() | st.text() | st.integers().map(str),
    st.floats(0, 1, exclude_max=True),
)
def test_every_outcome_leads_to_a_decision_within_bounds(
    attempts_made: int, status: int | None, retry_after: str | None, jitter: float
) -> None:
    decision = decided(attempts_made, status, failure="reset", retry_after=retry_after, jitter=jitter)
    assert decision.pause_destination == (status == 410)
    assert (decision.due_at is None) == (decision.state != "waiting" or decision.pause_destination)
    if decision.due_at is not None:
        assert 0.9 * SCHEDULE[attempts_made] <= waited(decision) + 1e-5 <= 1.1 * DAY + 1
