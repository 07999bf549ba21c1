"""What each route needs and shows, read from its view: the mark of the guard, and the templates named in its code."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from flask import Flask

PREFIXES = {"console": "/console", "api": "/api/v1", "public": "/"}
SPEAKERS = {"screen", "render_template"}
DEEPEST = 4


@dataclass
class Route:
    """`needs` is a permission of the console, a scope of the API, or `open`."""

    path: str
    methods: list[str]
    needs: str
    screens: list[str]


def routes_of(app: Flask, door: str) -> list[Route]:
    """The routes behind one door, by path."""
    others = tuple(prefix for name, prefix in PREFIXES.items() if name != "public")
    found = []
    for rule in app.url_map.iter_rules():
        path, view = str(rule), app.view_functions[rule.endpoint]
        if rule.endpoint.endswith((".nothing", ".nothing_at_all")):
            continue
        if not path.startswith(PREFIXES[door]) or (door == "public" and path.startswith(others)):
            continue
        needs = getattr(view, "_permission" if door == "console" else "_scope", "open")
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found.append(Route(path, methods, needs, sorted(screens_of(view))))
    return sorted(found, key=lambda one: (one.path, one.methods))


def screens_of(view: Callable[..., Any], depth: int = 0) -> set[str]:
    """Templates that a view, or a function of its own module that it calls, renders."""
    view = inspect.unwrap(view)
    if depth > DEEPEST or not inspect.isfunction(view):
        return set()
    found: set[str] = set()
    for call in _calls(view):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in SPEAKERS:
            found |= {
                one.value for one in call.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
        elif _is_ours(called := view.__globals__.get(name), view):
            found |= screens_of(called, depth + 1)
    return found


def _calls(view: Callable[..., Any]) -> Iterator[ast.Call]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(view)))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_ours(called: Any, view: Callable[..., Any]) -> TypeGuard[Callable[..., Any]]:
    """A function of the same room: what other rooms show is theirs."""
    room = view.__module__.rsplit(".", 1)[0]
    return inspect.isfunction(called) and called is not view and called.__module__.rsplit(".", 1)[0] == room
