"""The form of the page's offer."""

from typing import Literal

from capture.pages.block import Block, register
from capture.sites.section import LocaleText, Slug, Strict


class FormShape(Strict):
    type: Literal["form"]
    form: Slug | None = None
    heading: LocaleText | None = None
    text: LocaleText | None = None
    submit: LocaleText | None = None
    small: LocaleText | None = None
    place: Literal["hero", "own"] = "hero"


@register
class FormBlock(Block):
    """`form` names the form where the page has no offer, or an offer of another form."""

    name = "form"
    shape = FormShape
    example = {"type": "form", "submit": {"vi": "Gửi cho tôi", "en": "Send it to me"}}
