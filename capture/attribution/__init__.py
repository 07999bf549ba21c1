"""Where leads come from: the source in an address, and the channel it counts for. It stores nothing."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    """Attribution decides; it has no door."""
