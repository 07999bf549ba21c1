"""Identifiers: UUIDv7 as text, so that they sort by time and look the same in every database."""

from uuid_utils import uuid7


def new_id() -> str:
    """A new identifier, 36 characters; later ones sort after earlier ones."""
    return str(uuid7())
