"""One named living world: Nhà Rang, a coffee roaster in Buôn Ma Thuột, with two campaigns and its first leads."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.demo import commands

    doors.command(commands.demo)
