"""Pages: what visitors see. Blocks, themes, versions, and the shelf of finished bytes; not what visitors send."""

from capture.core.doors import Doors, Panel


def install(doors: Doors) -> None:
    from capture.pages import (
        arts,
        brand_console,
        console,
        console_versions,
        experiments,
        form_preview,
        public,
        share_public,
        sitefile,
        titles,
        uses,
    )

    doors.section(sitefile.PAGES)
    doors.title_of = titles.title_of
    doors.teller("titles", titles.titles_of)
    doors.choice("art", arts.choices)
    doors.panel(Panel("picture-uses", uses.load))
    experiments.install(doors)
    form_preview.install(doors.console)
    public.install(doors.public)
    share_public.install(doors.public)
    doors.public.register_blueprint(console_versions.public)
    console.install(doors)
    brand_console.install(doors)
