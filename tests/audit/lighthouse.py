"""Lighthouse on a phone: a page is loaded several times, the middle figure of each category counts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import services
from tests.prepare import LIGHTHOUSE, LIGHTHOUSE_MODULE, lighthouse_version

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
MEASURES = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
RUNS = int(os.environ.get("RUNS", "5"))  # fewer while developing
RUN_SECONDS = 120
SLOW = 1_000  # Lighthouse's own measure of the machine; below it warns that the figures of a run cannot be trusted
MOST_ITEMS = 5
Report = dict[str, Any]

figures: dict[str, Verdict] = {}  # for the table at the end, by the name of the page


@dataclass(frozen=True)
class Verdict:
    """Every run's report of one page."""

    reports: Sequence[Report]

    def middle(self, category: str) -> Report:
        """The run with the median score of this category."""
        ordered = sorted(self.reports, key=lambda one: float(one["categories"][category]["score"]))
        return ordered[len(ordered) // 2]

    def score(self, category: str) -> float:
        return float(self.middle(category)["categories"][category]["score"])

    def costly(self, category: str) -> list[str]:
        """What costs points in the median run, the dearest first."""
        report = self.middle(category)
        weights = {one["id"]: one["weight"] for one in report["categories"][category]["auditRefs"]}
        audits = [report["audits"][name] for name, weight in weights.items() if weight]
        lost = [one for one in audits if one["score"] is not None and one["score"] < 1]
        lost.sort(key=lambda one: weights[one["id"]] * (one["score"] - 1))
        return [f"{one['id']} {one['score']:.2f} {one.get('displayValue', '')}{_where(one)}".strip() for one in lost]

    def row(self) -> list[str]:
        report = self.middle("performance")
        measured = [report["audits"][name]["displayValue"].replace("\xa0", " ") for name in MEASURES]
        slowest = f"{min(map(_speed, self.reports)):.0f}"
        return [*(f"{self.score(category) * 100:.0f}" for category in CATEGORIES), *measured, slowest]


def judged(address: str, folder: Path) -> Verdict:
    """Skips, saying why, where Lighthouse cannot be had."""
    if shutil.which("node") is None or lighthouse_version() != LIGHTHOUSE:
        services.missing(f"Lighthouse {LIGHTHOUSE}")
    reports = [_one_run(address, folder / f"lighthouse-{turn}.json") for turn in range(RUNS)]
    # Other work on the machine counts four times against the page: what was measured beside it is measured again, once.
    # Which runs count is decided by the speed of the machine alone, never by the score.
    for turn in range(sum(_speed(one) < SLOW for one in reports)):
        reports.append(_one_run(address, folder / f"lighthouse-again-{turn}.json"))
    return Verdict(sorted(reports, key=_speed)[-RUNS:])


def _speed(report: Report) -> float:
    return float(report["environment"]["benchmarkIndex"])


def _one_run(address: str, file: Path, tries: int = 3) -> Report:
    """Mobile is what Lighthouse takes unless told otherwise: a slow phone and a slow network, simulated.

    A browser that did not record its trace (NO_NAVSTART on a busy machine) has measured nothing and is asked again.
    """
    file.unlink(missing_ok=True)
    flags = " ".join(["--headless=new", *services.CHROMIUM_FLAGS])
    words = ["node", str(LIGHTHOUSE_MODULE / "cli" / "index.js"), address, "--quiet", "--no-enable-error-reporting"]
    words += [f"--only-categories={','.join(CATEGORIES)}", "--output=json", f"--output-path={file}"]
    environment = {**os.environ, "CHROME_PATH": services.chromium()}
    done = subprocess.run(
        [*words, f"--chrome-flags={flags}"], env=environment, capture_output=True, text=True, timeout=RUN_SECONDS
    )
    report: Report = json.loads(file.read_text()) if file.exists() else {}
    if done.returncode or report.get("runtimeError"):
        assert tries > 1, f"lighthouse {address}: {report.get('runtimeError')} {done.stdout}{done.stderr}"
        return _one_run(address, file, tries - 1)
    return report


def _where(audit: Report) -> str:
    """Which elements or files an audit means."""
    items = (audit.get("details") or {}).get("items") or []
    told = [_told(item) for item in items[:MOST_ITEMS] if isinstance(item, dict)]
    return "".join(f"\n      {one}" for one in told if one)


def _told(item: Report) -> str:
    node = item.get("node") or {}
    texts = (node.get("snippet"), node.get("explanation"), item.get("url"), item.get("description"))
    return " · ".join(str(one) for one in texts if one)


def table() -> Iterator[str]:
    """The medians of every page that was judged."""
    heads = ["page", *CATEGORIES, "LCP", "TBT", "CLS", f"machine (warns below {SLOW})"]
    rows = [heads, *([name, *verdict.row()] for name, verdict in figures.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
