"""Sites: brand, hosts, locale, theme, and the site file that configures everything. No page is rendered here."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.sites import commands, console, here, sitefile

    doors.section(sitefile.SITE)
    doors.command(commands.apply)
    doors.command(commands.export)
    console.install(doors)
    doors.brand, doors.zone = here.brand, here.zone
