"""Pages: what visitors see. Blocks, themes, versions, and the shelf of finished bytes; not what visitors send."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.pages import public, sitefile

    doors.section(sitefile.PAGES)
    public.install(doors.public)
