"""Reports: what it all meant. It reads any room's tables; nobody imports it."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.reports import console
    from capture.reports.experiments import console as experiments

    console.install(doors)
    experiments.install(doors)
