"""The timeline: newest first, grouped by day, repeated looks folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from capture.core.clock import now
from capture.core.speech import _, ngettext
from capture.core.templates import day, zone

MOST = 60


def by_day(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with the key `at` become days with a name in words.

    Of what happened at the same time the cause comes before its effect, by `order`: came, looked, gave, crossed.
    """
    ordered = sorted(entries, key=lambda one: (one["at"], one["order"]), reverse=True)[:MOST]
    days: list[dict[str, Any]] = []
    for entry in ordered:
        date = entry["at"].astimezone(ZoneInfo(zone())).date()
        if not days or days[-1]["date"] != date:
            days.append({"date": date, "day": _name(entry["at"], date), "entries": []})
        _add(days[-1]["entries"], entry)
    return days


def _name(at: Any, date: Any) -> str:
    today = now().astimezone(ZoneInfo(zone())).date()
    if (today - date).days == 0:
        return _("Today")
    return _("Yesterday") if (today - date).days == 1 else day(at)


def _add(entries: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    last = entries[-1] if entries else None
    if last and entry["kind"] == "look" and last["kind"] == "look" and last["plain"] == entry["title"]:
        last["times"] += 1
        times = ngettext("%(num)d time", "%(num)d times", last["times"])
        last["title"] = f"{last['plain']}, {times}"
        return
    entries.append({**entry, "plain": entry["title"], "times": 1})
