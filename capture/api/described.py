"""What a route says about itself, beside its code: the description is made from it, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, Field, create_model

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Told:
    """`body` and the values of `answers` are types, None where there is no body; `media` is the kind of the body.

    `query` is a model of parameters; `headers` are those of the request that this route reads; `refusals` what it
    may answer beyond the usual.
    """

    summary: str
    text: str = ""
    tag: str = ""
    body: Any = None
    example: Any = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    is_public: bool = False
    media: str = "application/json"


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, list[str]] = Field(default={}, description="What is wrong at each path: `fields.0.name`.")
    reference: str = Field(default="", description="Under this the server's log knows it.")


def described(told: Told) -> Callable[[View], View]:
    """A route of the API says what it takes and what it answers."""

    def mark(view: View) -> View:
        view.told = told  # type: ignore[attr-defined]
        return view

    return mark


def told_of(view: Any) -> Told | None:
    found: Told | None = getattr(view, "told", None)
    return found


def list_of(name: str, item: Any) -> type[BaseModel]:
    """One piece of a list."""
    following: Any = (str | None, Field(description="The address of the next piece; null at the end."))
    return create_model(name, items=(list[item], ...), next=following)
