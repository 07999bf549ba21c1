"""Pictures that marketers bring: checked, made small enough, kept in the database. Pages say where they stand."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.pictures import api, console, public, sitefile

    doors.section(sitefile.PICTURES)
    doors.choice("picture", console.choices)
    public.install(doors.public)
    console.install(doors)
    api.install(doors.api)
