"""Pages: what visitors see. Blocks, themes, versions, and the shelf of finished bytes; not what visitors send."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.pages import form_preview, public, sitefile
    from capture.pages.queries import pages_to_choose

    doors.section(sitefile.PAGES)
    doors.choice("page", pages_to_choose)
    form_preview.install(doors.console)
    public.install(doors.public)
