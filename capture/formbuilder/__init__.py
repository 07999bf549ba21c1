"""Forms as marketers make them: versions, and the form as it is now. What a form is lives in the kit `forms`."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.formbuilder import sitefile

    doors.section(sitefile.FORMS)
