"""Measure the product beside its limits, in interleaved rounds, and print a table; figures are kept in bench/out/."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import machine
import table
from beacons import beacons
from held import held
from load import Load, LoadFailed
from machine import Cores, Others
from servers import Server, StartFailed, run_once
from targets import BIN, HERE, PAGE, Pages, Product, Target, targets

WARM_SECONDS, SETTLE_SECONDS = 1, 0.5
LATER = ("held", "beacons")
OUT = HERE / "out"


class CannotMeasure(Exception):
    """Something is missing; the text says what to do."""


def main() -> int:
    """1 when something was lost or did not start. Goals are told, not enforced."""
    wanted = arguments()
    folder = wanted.dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        check(folder)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            return measure_all(wanted, Path(work))
    except (CannotMeasure, StartFailed, LoadFailed) as error:
        print(error, file=sys.stderr)
        return 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement, after a second of warming up")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", help="names with commas between, such as page,bare-wsgi/granian; also held, beacons")
    parser.add_argument("--dir", type=Path, default=HERE.parent / "instance" / "bench", help="a folder on a real disk")
    parser.add_argument("--no-pin", action="store_true", help="let the system choose cores")
    parser.add_argument("--nice", type=int, default=0, help="such as -15, as root, on a machine that others use")
    return parser.parse_args()


def check(folder: Path) -> None:
    if shutil.which("wrk") is None:
        raise CannotMeasure("wrk is missing: sudo apt install wrk")
    if not (BIN / "granian").exists():
        raise CannotMeasure(f"granian is missing in {BIN}: pip install granian, or use `make bench`")
    if machine.file_system(folder) in machine.IN_MEMORY:
        raise CannotMeasure(f"{folder} is in memory, where commits cost nothing: give a folder on a disk with --dir")


def measure_all(wanted: argparse.Namespace, work: Path) -> int:
    cores = Cores(pin=not wanted.no_pin, nice=wanted.nice)
    product = made_product(work)
    pages = fetched_pages(product, work, cores)
    chosen, later = selected(targets(product, pages), wanted.only)
    cores.take_mine()
    keep = Keeper(OUT, {**machine.description(work), "cores_used": cores.text, "nice": wanted.nice})
    rows = [keep(row) for row in rounds(chosen, wanted, work, cores)]
    more = [keep(row) for row in tests(later, product, work, cores, wanted)]
    print(table.report(rows, more, chosen, {**keep.machine, "page_bytes": pages.sizes, **vars(wanted)}))
    print(f"\nKept in {keep.file}")
    return 1 if any(row.get("lost") or "error" in row for row in [*rows, *more]) else 0


def made_product(work: Path) -> Product:
    """A migrated database with the site, to be copied for each start."""
    template = work / "template"
    template.mkdir()
    product = Product(template)
    run_once(product, template, "migrate")
    run_once(product, template, "apply", str(HERE / "site.yaml"))
    return product


def fetched_pages(product: Product, work: Path, cores: Cores) -> Pages:
    """The published page's bytes, for the bare limits."""
    files: dict[str, Path] = {}
    tag = ""
    with Server(product, work, cores) as server:
        for encoding in ("identity", "br"):
            status, headers, body = server.get(f"/{PAGE}", {"Accept-Encoding": encoding})
            if status != 200 or headers.get("content-encoding", "identity") != encoding:
                raise CannotMeasure(f"GET /{PAGE} as {encoding}: {status} {headers}")
            tag = headers["etag"] if encoding == "identity" else tag
            files[encoding] = work / f"page.{encoding}"
            files[encoding].write_bytes(body)
    return Pages(files["identity"], files["br"], tag, {name: path.stat().st_size for name, path in files.items()})


def selected(known: list[Target], only: str | None) -> tuple[list[Target], list[str]]:
    if not only:
        return [one for one in known if one.usual], list(LATER)
    names = only.split(",")
    by_name = {one.name: one for one in known}
    strange = [name for name in names if name not in by_name and name not in LATER]
    if strange:
        raise CannotMeasure(f"unknown: {', '.join(strange)}; there are {', '.join([*by_name, *LATER])}")
    return [by_name[name] for name in names if name in by_name], [name for name in LATER if name in names]


def rounds(chosen: list[Target], wanted: argparse.Namespace, work: Path, cores: Cores) -> Iterator[dict[str, Any]]:
    """Each target in turn is started, measured and stopped, so that a slow drift touches all of them alike."""
    for number in range(wanted.rounds if chosen else 0):
        for target in chosen:
            row = attempt(lambda one=target: measured(one, wanted, work, cores))  # type: ignore[misc]
            progress(f"round {number + 1}: {target.name} {row.get('per_second', row.get('error'))}")
            yield {"target": target.name, "round": number, **row}


def tests(
    names: list[str], product: Product, work: Path, cores: Cores, wanted: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    for name in names:
        progress(name)
        with Server(product, work, cores) as server:
            row = attempt(lambda one=name, on=server: held(on) if one == "held" else beacons(on, 3 * wanted.seconds))  # type: ignore[misc]
        yield {"test": name, **row}


def attempt(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except (StartFailed, LoadFailed) as error:
        return {"error": str(error)}


def measured(target: Target, wanted: argparse.Namespace, work: Path, cores: Cores) -> dict[str, Any]:
    with Server(target.program, work, cores) as server:
        load = Load(cores, wanted.connections)
        one_load(target, server, load, WARM_SECONDS)
        before = settled(target, server)
        cpu, others, began = server.cpu_seconds(), Others(), time.perf_counter()
        row = one_load(target, server, load, wanted.seconds)
        cpu = server.cpu_seconds() - cpu
        row["foreign_cores"] = round(others.since(cpu) / (time.perf_counter() - began), 2)
        row |= figures(row, cpu, server)
        if target.fields is not None:
            row |= kept(row, settled(target, server) - before)
        return row


def one_load(target: Target, server: Server, load: Load, seconds: int) -> dict[str, Any]:
    origin = f"http://127.0.0.1:{server.port}"
    given = {} if target.fields is None else {"FIXED": target.fields, "SCRIPTED": str(int(target.scripted))}
    script = "get.lua" if target.fields is None else "post.lua"
    return load.send(script, origin + target.path, seconds, target.headers(origin), **given)


def settled(target: Target, server: Server) -> int:
    """What is stored once nothing is in flight any more."""
    if target.fields is None:
        return 0
    time.sleep(SETTLE_SECONDS)
    return server.program.stored(server.folder)


def figures(row: dict[str, Any], cpu: float, server: Server) -> dict[str, Any]:
    answered = row["requests"] - row["refused"]
    return {
        "per_second": round(answered * 1e6 / row["microseconds"], 1),
        "cpu_us": round(cpu * 1e6 / max(1, row["requests"]), 1),
        "errors": row["refused"] + row["broken"],
        "rss_mb": server.rss_mb(),
        "cold_rss_mb": server.cold_rss,
        "ready_seconds": round(server.ready_seconds, 3),
    }


def kept(row: dict[str, Any], stored: int) -> dict[str, Any]:
    """wrk does not count what is in flight when it stops, so some rows more than answers are right."""
    accepted = row["requests"] - row["refused"]
    return {"accepted": accepted, "stored": stored, "lost": max(0, accepted - stored)}


class Keeper:
    """Appends each row with date and machine to the file of this run."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        folder.mkdir(exist_ok=True)
        now = datetime.datetime.now(datetime.UTC)
        self.machine = {"date": now.isoformat(timespec="seconds"), **about}
        self.file = folder / f"{now:%Y-%m-%dT%H%M%S}.jsonl"

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        with self.file.open("a") as lines:
            lines.write(json.dumps({**self.machine, **row}) + "\n")
        return row


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
