"""The doors of the house, made fresh for each application: rooms introduce themselves here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click
from flask import Blueprint


@dataclass(frozen=True)
class Entry:
    """A line of the console's menu, and the permission that one needs to see it."""

    key: str
    label: str
    icon: str
    endpoint: str
    permission: str
    position: int
    badge: Callable[[], int] | None = None
    tone: str = ""
    on_phone: bool = False  # also in the bar at the foot of a phone, which holds five
    short: str = ""  # for that bar, where two words fit


@dataclass(frozen=True)
class Choice:
    """One of the sites that the console can show."""

    id: str
    name: str
    is_shown: bool


@dataclass(frozen=True)
class Panel:
    """Something that a room shows on the page of another room's subject: values by subject id."""

    name: str
    load: Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class Action:
    """Something that the command palette can do or open; `keywords` are more words by which it is found."""

    label: str
    icon: str
    endpoint: str
    permission: str
    keywords: str = ""


@dataclass(frozen=True)
class Finder:
    """Something that a room finds by a few letters: rows of `label`, `about`, `href`."""

    label: str
    icon: str
    permission: str
    find: Callable[[str], list[dict[str, str]]]


@dataclass(frozen=True)
class Step:
    """A step of the first run: `is_done` asks the database, `position` is its place in the list."""

    key: str
    title: str
    text: str
    action: str
    endpoint: str
    permission: str
    position: int
    is_done: Callable[[], bool]


@dataclass
class Doors:
    """Visitors, marketers, machines and operators; and what rooms put beside the doors."""

    public: Blueprint = field(default_factory=lambda: Blueprint("public", __name__))
    console: Blueprint = field(default_factory=lambda: Blueprint("console", __name__, url_prefix="/console"))
    api: Blueprint = field(default_factory=lambda: Blueprint("api", __name__, url_prefix="/api/v1"))
    commands: list[click.Command] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    sections: list[Any] = field(default_factory=list)
    checks: list[Callable[[], list[Any]]] = field(default_factory=list)
    chores: list[Callable[[], None]] = field(default_factory=list)
    errands: list[Callable[[], None]] = field(default_factory=list)
    beacons: list[Callable[..., None]] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    finders: list[Finder] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    choices: dict[str, Callable[[], list[dict[str, str]]]] = field(default_factory=dict)
    tellers: dict[str, Callable[[str], Any]] = field(default_factory=dict)
    brand: Callable[[], str] = lambda: "capture"
    zone: Callable[[], str] = lambda: "UTC"
    sites: Callable[[], list[Choice]] = list
    title_of: Callable[[str], str] = lambda path: ""
    is_ours: Callable[[str], bool] = lambda host: False

    def command(self, command: click.Command) -> None:
        self.commands.append(command)

    def entry(self, entry: Entry) -> None:
        self.entries.append(entry)

    def panel(self, panel: Panel) -> None:
        self.panels.append(panel)

    def section(self, section: Any) -> None:
        """A part of the site file, in the order in which parts are applied."""
        self.sections.append(section)

    def check(self, check: Callable[[], list[Any]]) -> None:
        """A look of `doctor` at this room's part of the installation."""
        self.checks.append(check)

    def errand(self, errand: Callable[[], None]) -> None:
        """Work that the worker does in every round, for instance mails that are due; it must be short."""
        self.errands.append(errand)

    def beacon(self, told: Callable[..., None]) -> None:
        """Told of each beacon of a browser, within its transaction: connection, site, beacon, sender."""
        self.beacons.append(told)

    def action(self, action: Action) -> None:
        self.actions.append(action)

    def finder(self, finder: Finder) -> None:
        self.finders.append(finder)

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def choice(self, kind: str, load: Callable[[], list[dict[str, str]]]) -> None:
        """What controls of a kind offer: `key` and `label` of each."""
        self.choices[kind] = load

    def teller(self, name: str, tell: Callable[[str], Any]) -> None:
        """What a higher room knows of a site, by site id, for the screen of a lower one."""
        self.tellers[name] = tell

    def chore(self, chore: Callable[[], None]) -> None:
        """Small housekeeping that the worker does every few minutes."""
        self.chores.append(chore)
