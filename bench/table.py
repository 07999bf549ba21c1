"""The figures as Markdown: medians, and ratios taken round by round, beside their goals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from held import PAGE_LIMIT_MS, SUBMISSION_LIMIT_MS
from targets import Target

Row = Mapping[str, Any]
COLUMNS = ("target", "req/s", "min–max", "p50 ms", "p99 ms", "CPU µs/req", "RSS MB", "errors", "lost", "others' cores")


def report(rows: Sequence[Row], more: Sequence[Row], chosen: Sequence[Target], about: Row) -> str:
    good = [row for row in rows if "error" not in row]
    parts = [_heading(about), _figures(good, chosen), _ratios(good, chosen), _starts(good), _tests(more)]
    parts += [
        f"**failed**: {row.get('target', row.get('test'))}: {row['error']}" for row in [*rows, *more] if "error" in row
    ]
    parts += [f"The server's log in `{row['test']}` ends with:\n\n```\n{row['log']}```" for row in more if "log" in row]
    return "\n\n".join(part for part in parts if part)


def verdict(is_reached: bool) -> str:
    return "reached" if is_reached else "missed"


def _heading(about: Row) -> str:
    method = f"{about['rounds']} rounds of {about['seconds']} s, {about['connections']} connections"
    sizes = ", ".join(f"{name} {size:,}" for name, size in about["page_bytes"].items())
    where = f"{about['processor']}, {about['cores']} cores, {about['disk']}, Python {about['python']}"
    return f"{about['date']}: {where}. {about['cores_used']}; {method}; page bytes: {sizes}."


def _figures(rows: Sequence[Row], chosen: Sequence[Target]) -> str:
    lines = [_figure(target.name, _of(rows, target.name)) for target in chosen]
    return _table(COLUMNS, [line for line in lines if line])


def _figure(name: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    rates = [row["per_second"] for row in rows]
    waits = [f"{median(row[key] for row in rows) / 1000:.2f}" for key in ("p50_us", "p99_us")]
    used = [f"{median(row[key] for row in rows):.0f}" for key in ("cpu_us", "rss_mb")]
    lost = str(sum(row["lost"] for row in rows)) if "lost" in rows[0] else ""
    others = f"{median(row['foreign_cores'] for row in rows):.2f}"
    range_ = f"{min(rates):,.0f}–{max(rates):,.0f}"
    return [name, f"{median(rates):,.0f}", range_, *waits, *used, str(sum(row["errors"] for row in rows)), lost, others]


def _ratios(rows: Sequence[Row], chosen: Sequence[Target]) -> str:
    lines = [_ratio(target, rows) for target in chosen if target.limit and target.goal]
    head = ("target", "limit", "ratio", "min–max", "CPU ratio", "round by round", "goal", "")
    return _table(head, [line for line in lines if line])


def _ratio(target: Target, rows: Sequence[Row]) -> list[str]:
    """The CPU ratio is limit to target too: it moves least when the machine is busy."""
    mine, base = _of(rows, target.name), {row["round"]: row for row in _of(rows, str(target.limit))}
    pairs = [(row, base[row["round"]]) for row in mine if row["round"] in base]
    if not pairs:
        return []
    ratios = [row["per_second"] / limit["per_second"] for row, limit in pairs]
    cpu = median(limit["cpu_us"] / row["cpu_us"] for row, limit in pairs if row["cpu_us"])
    middle, each = median(ratios), " ".join(f"{one:.2f}" for one in ratios)
    range_, goal = f"{min(ratios):.2f}–{max(ratios):.2f}", float(target.goal or 0)
    reached = verdict(middle >= goal)
    return [target.name, str(target.limit), f"**{middle:.2f}**", range_, f"{cpu:.2f}", each, f"≥ {goal}", reached]


def _starts(rows: Sequence[Row]) -> str:
    mine = [row for row in rows if row["target"].startswith(("page", "submission"))]
    if not mine:
        return ""
    ready, cold = [row["ready_seconds"] for row in mine], [row["cold_rss_mb"] for row in mine]
    time = f"{median(ready):.2f} s ({min(ready):.2f}–{max(ready):.2f})"
    return f"Second start to /readyz: {time}; RSS when ready: {median(cold):.0f} MB."


def _tests(more: Sequence[Row]) -> str:
    tellers = {"held": _held, "beacons": _beacons}
    good = [row for row in more if "error" not in row]
    return "\n\n".join(tellers[row["test"]](row) for row in good)


def _held(row: Row) -> str:
    lines = [
        _waits("page, new connection", row["pages"], PAGE_LIMIT_MS),
        _waits("submission, new connection", row["submissions"], SUBMISSION_LIMIT_MS),
    ]
    slow = [
        f"- slow {kind}: ended {_counted(one['ended'])}, the last after {one['longest_seconds']} s: "
        f"{verdict(set(one['ended']) == {'408'})}"
        for kind, one in row["slow"].items()
    ]
    head = ("held up on purpose", "visits", "p50 ms", "p99 ms", "max ms", "answers", "goal p99", "")
    return "\n".join([_table(head, lines), "", *slow, f"- RSS {row['rss_mb']:.0f} MB; lost {row['lost']}"])


def _beacons(row: Row) -> str:
    line = _waits("submission, new connection", row["submissions"], SUBMISSION_LIMIT_MS)
    head = ("flood of beacons", "visits", "p50 ms", "p99 ms", "max ms", "answers", "goal p99", "")
    kept = row["beacons"]
    told = (
        f"- submissions not taken: {row['not_taken']} ({verdict(not row['not_taken'])}), lost {row['lost']}",
        f"- beacons: {kept['kept_per_second']:,}/s kept, {kept['refused']:,} refused, p99 {kept['p99_ms']} ms",
    )
    return "\n".join([_table(head, [line]), "", *told])


def _waits(name: str, row: Row, limit: int) -> list[str]:
    waits = [str(row[key]) for key in ("p50_ms", "p99_ms", "max_ms")]
    reached = verdict(row["p99_ms"] <= limit and set(row["answers"]) <= {"200", "303"})
    return [name, str(row["visits"]), *waits, _counted(row["answers"]), f"≤ {limit} ms", reached]


def _counted(answers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} × {answer}" for answer, number in sorted(answers.items()))


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if row["target"] == name]


def _table(head: Iterable[str], lines: Sequence[Sequence[str]]) -> str:
    names = list(head)
    if not lines:
        return ""
    marks = ["---", *("---:" for _ in names[1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in [names, marks, *lines])
