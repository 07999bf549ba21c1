"""Bring pictures in: made ready while nobody waits for the database, then kept in one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capture.accounts.audit import note
from capture.core.clock import now
from capture.core.transactions import again_if_raced, transaction
from capture.pictures.imaging import Made, made_of
from capture.pictures.upload import About, add, name_for, names_taken
from capture.sites import revision


@dataclass(frozen=True)
class Brought:
    """The names of what was kept, and why each other file was not."""

    names: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def bring(files: Sequence[tuple[str, bytes]], *, site_id: str, actor: str, about: About | None = None) -> Brought:
    """Each file (name, content) becomes a picture of the site, under a name that is made from its own."""
    made: list[tuple[str, Made]] = []
    refused: dict[str, str] = {}
    said = about or About()
    for file_name, data in files:
        try:
            made.append((file_name, made_of(data, focal=said.focal, crop=said.crop)))
        except ValueError as error:
            refused[file_name] = str(error)
    return Brought(_kept(made, site_id, actor, said) if made else (), refused)


@again_if_raced
def _kept(made: Sequence[tuple[str, Made]], site_id: str, actor: str, about: About) -> list[str]:
    names: list[str] = []
    with transaction() as write:
        taken = names_taken(write, site_id)
        for file_name, one in made:
            name = name_for(file_name, taken | set(names))
            add(write, one, site_id=site_id, name=name, file_name=file_name, about=about, by=actor, at=now())
            details = {"before": None, "after": {"file": file_name[:255], "width": one.width, "height": one.height}}
            note(write, actor, "pictures.add", subject=name, at=now(), details=details)
            names.append(name)
        revision.move(write)
    return names
