"""Sites: brand, hosts, locale, theme, and the site file that configures everything. No page is rendered here."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.sites import api, commands, console, here, queries, sitefile

    doors.section(sitefile.SITE)
    doors.command(commands.apply)
    doors.command(commands.export)
    api.install(doors)
    console.install(doors)
    doors.brand, doors.zone, doors.sites = here.brand, here.zone, here.site_choices
    doors.is_ours = lambda host: queries.site_of_host(host) is not None
