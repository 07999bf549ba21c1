"""Forms as marketers make them: versions, and the form as it is now. What a form is lives in the kit `forms`."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.formbuilder import console, sitefile
    from capture.formbuilder.offered import facts, forms_to_choose, purposes

    doors.section(sitefile.FORMS)
    doors.choice("form", forms_to_choose)
    doors.choice("fact", facts)
    doors.choice("purpose", purposes)
    console.install(doors)
