"""Offers: why people sign up. Stock, codes, files and downloads; not the page that advertises them."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.offers import public, sitefile

    doors.section(sitefile.OFFERS)
    public.install(doors.public)
