"""Signing secrets: stored with the destination, or named in the operator's environment.

While a secret is rotated both sign, as Standard Webhooks has it: the receiver takes the new one when it is ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from capture.delivery.signatures import key_of
from capture.settings import HOOK

REFERENCE = "env:"
OVERLAP = timedelta(hours=24)


def secrets_of(stored: str, environment: Mapping[str, str]) -> list[str]:
    """The secrets themselves, several where the operator set them with spaces between; raises ValueError saying
    what to do."""
    values = value_of(stored, environment).split() if stored.startswith(REFERENCE) else [stored]
    for value in values:
        key_of(value)
    return values


def signing_secrets(stored: str, old: str | None, environment: Mapping[str, str]) -> list[str]:
    """The same with the one before; that one may be gone from the operator's environment already."""
    secrets = secrets_of(stored, environment)
    try:
        return [*secrets, *(secrets_of(old, environment) if old else [])]
    except ValueError:
        return secrets


def value_of(reference: str, environment: Mapping[str, str]) -> str:
    """What the operator set under `env:HOOK_…`; raises ValueError saying what to do."""
    name = reference.removeprefix(REFERENCE)
    # A console user must not be able to sign with, or learn of, any other value.
    if not name.startswith(HOOK) or not name.replace("_", "").isalnum():
        raise ValueError(f"names behind `env:` begin with {HOOK}")
    value = environment.get(name, "")
    if not value.strip():
        raise ValueError(f"{name} is not set in the environment; make one: capture receiver --new-secret")
    return value
