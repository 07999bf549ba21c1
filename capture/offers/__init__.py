"""Offers: why people sign up. Stock, codes, files and downloads; not the page that advertises them."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.offers import console, public, sitefile
    from capture.offers.counts import assets_to_choose, offers_to_choose

    doors.section(sitefile.OFFERS)
    doors.choice("offer", offers_to_choose)
    doors.choice("asset", assets_to_choose)
    console.install(doors)
    public.install(doors.public)
