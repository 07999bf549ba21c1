"""Pages: what visitors see. Blocks, themes, versions, and the shelf of finished bytes; not what visitors send."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.pages import console, console_versions, experiments, public, sitefile

    doors.section(sitefile.PAGES)
    experiments.install(doors)
    public.install(doors.public)
    doors.public.register_blueprint(console_versions.public)
    console.install(doors)
