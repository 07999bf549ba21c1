"""A flood of beacons must not take a lead's place: submissions are posted meanwhile."""

from __future__ import annotations

from typing import Any

from load import Load, seen
from people import AGENT
from probes import form_visit, visits
from servers import Server

CONNECTIONS, VISITORS = 64, 4


def beacons(server: Server, seconds: float) -> dict[str, Any]:
    """What became of the beacons, how long submissions took, and how many of them were not taken."""
    flood = Load(server.cores, CONNECTIONS)
    url = f"http://127.0.0.1:{server.port}/t"
    flooding = flood.start("beacon.lua", url, seconds + 1, {"User-Agent": AGENT})
    with visits(form_visit(server.port), 0.02, VISITORS) as submissions:
        said, _ = flooding.communicate(timeout=seconds + 60)
    sent = seen(said)
    rate = (sent["requests"] - sent["refused"]) * 1e6 / sent["microseconds"]
    accepted, stored = submissions.answers["303"], server.program.stored(server.folder)
    kept = {"kept_per_second": round(rate), "refused": sent["refused"], "p99_ms": round(sent["p99_us"] / 1000, 1)}
    row, failures = submissions.row(), server.failures()
    refused = row["visits"] - accepted
    return {"beacons": kept, "submissions": row, "not_taken": refused, "lost": max(0, accepted - stored), **failures}
