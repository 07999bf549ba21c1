"""An experiment in sentences: what happened, how sure it is, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from capture.core.speech import _, ngettext
from capture.core.templates import number
from capture.reports.experiments.results import Results
from capture.reports.experiments.statistics import wilson
from capture.reports.experiments.verdict import CONTROL, GOALS, LEAST_VISITORS, Verdict, total

TONES = {"winner": "good", "ratio": "bad"}


@dataclass(frozen=True)
class Said:
    """A title and what stands below it; `tone` is good, bad or nothing."""

    title: str
    text: str
    tone: str = ""


def said_of(results: Results) -> Said:
    verdict = results.verdict
    title, text = _SENTENCES[verdict.state](results, verdict)
    return Said(title, text, TONES.get(verdict.state, ""))


def _nobody(_results: Results, _verdict: Verdict) -> tuple[str, str]:
    return _("Nobody has seen it yet"), _(
        "Counting begins with the first visitor. Opening the page yourself counts too."
    )


def _ratio(results: Results, _verdict: Verdict) -> tuple[str, str]:
    came = ", ".join(
        _("%(key)s was shown to %(n)s", key=key.upper(), n=number(total(results.cells, key, "visitors")))
        for key in sorted(results.shares[max(results.shares)])
    )
    text = _(
        "%(came)s. That is not how visitors were to be divided, and chance does not explain it. One variant loses "
        "visitors before they are counted: look whether it is slow or broken on some browser. Until then the rates "
        "mean nothing.",
        came=came,
    )
    return _("Visitors are not divided as asked"), text


def _few(results: Results, verdict: Verdict) -> tuple[str, str]:
    least = min(total(results.cells, key, "visitors") for key in results.shares[max(results.shares)])
    text = ngettext(
        "One variant has only %(n)s visitor. Below %(least)s each, a single lead changes everything.",
        "One variant has only %(n)s visitors. Below %(least)s each, a single lead changes everything.",
        least,
        n=number(least),
        least=number(LEAST_VISITORS),
    )
    return _("Too early to tell"), f"{text} {_wait(verdict.days)}".strip()


def _open(results: Results, verdict: Verdict) -> tuple[str, str]:
    hits, of = sum(getattr(one, verdict.goal) for one in results.cells), _widest(results, verdict.goal)
    low, high = (percent(end) for end in of)
    text = {
        "leads": ngettext(
            "Only %(n)s lead so far, so the range is wide (%(low)s to %(high)s %%).",
            "Only %(n)s leads so far, so the range is wide (%(low)s to %(high)s %%).",
            hits,
            n=number(hits),
            low=low,
            high=high,
        ),
        "qualified": ngettext(
            "Only %(n)s qualified lead so far, so the range is wide (%(low)s to %(high)s %% of visitors).",
            "Only %(n)s qualified leads so far, so the range is wide (%(low)s to %(high)s %% of visitors).",
            hits,
            n=number(hits),
            low=low,
            high=high,
        ),
    }[verdict.goal]
    return _("Not enough data yet"), f"{text} {_wait(verdict.days)}".strip()


def _hardly(_results: Results, _verdict: Verdict) -> tuple[str, str]:
    text = _(
        "At this pace it would take more than two months to tell them apart. Keep the one that you like, and test "
        "something bolder."
    )
    return _("The variants hardly differ"), text


def _winner(_results: Results, verdict: Verdict) -> tuple[str, str]:
    key, against = verdict.winner.upper(), verdict.against.upper()
    titles = {
        "qualified": _("%(key)s brings more qualified leads", key=key),
        "leads": _("%(key)s brings more leads", key=key),
    }
    much = _(
        "From as many visitors, %(low)s to %(high)s times as many as %(against)s. The risk that this is chance is at "
        "most 5 %%, however often you have looked.",
        low=times(verdict.low),
        high=times(verdict.high),
        against=against,
    )
    worth = {GOALS[0]: "", GOALS[1]: _("Whether they are worth more is not known yet.")}[verdict.goal]
    return titles[verdict.goal], f"{much} {worth}".strip()


_SENTENCES = {
    "nobody": _nobody,
    "ratio": _ratio,
    "few": _few,
    "open": _open,
    "hardly": _hardly,
    "winner": _winner,
}


def ended(winner: str) -> str:
    if winner == CONTROL:
        return _("The page stayed as it was")
    return _("%(key)s was kept", key=winner.upper())


def percent(rate: float) -> str:
    """`4,7` for few, `35` for many per cent, without the sign."""
    shown = 100 * rate
    return str(number(round(shown, 1) if shown < 10 else round(shown)))


def times(ratio: float) -> str:
    return str(number(round(ratio, 1) if ratio < 10 else round(ratio)))


def _wait(days: float | None) -> str:
    if days is None:
        return ""
    if days < 1.5:
        return _("Give it about a day.")
    if days < 6:
        return _("Give it about %(n)s days.", n=number(round(days)))
    weeks = max(1, round(days / 7))
    return ngettext("Give it about a week.", "Give it about %(n)s weeks.", weeks, n=number(weeks))


def _widest(results: Results, goal: str) -> tuple[float, float]:
    keys = results.shares[max(results.shares)]
    ranges = [wilson(total(results.cells, key, goal), total(results.cells, key, "visitors")) for key in keys]
    return max(ranges, key=lambda one: one[1] - one[0])
