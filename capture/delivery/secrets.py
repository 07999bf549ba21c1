"""Signing secrets: stored with the destination, or named in the operator's environment."""

from __future__ import annotations

from collections.abc import Mapping

from capture.delivery.signatures import key_of
from capture.settings import HOOK

REFERENCE = "env:"


def secret_of(stored: str, environment: Mapping[str, str]) -> str:
    """The secret itself; raises ValueError saying what to do."""
    value = value_of(stored, environment) if stored.startswith(REFERENCE) else stored
    key_of(value)
    return value


def value_of(reference: str, environment: Mapping[str, str]) -> str:
    """What the operator set under `env:HOOK_…`; raises ValueError saying what to do."""
    name = reference.removeprefix(REFERENCE)
    # A console user must not be able to sign with, or learn of, any other value.
    if not name.startswith(HOOK) or not name.replace("_", "").isalnum():
        raise ValueError(f"names behind `env:` begin with {HOOK}")
    value = environment.get(name, "")
    if not value:
        raise ValueError(f"{name} is not set in the environment; make one: capture receiver --new-secret")
    return value
