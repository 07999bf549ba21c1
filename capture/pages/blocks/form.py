"""The form of the page's offer."""

from typing import Literal

from pydantic import Field

from capture.pages.arts import Art
from capture.pages.block import Block, BlockShape, register
from capture.sites.section import LocaleText, Slug


class FormShape(BlockShape):
    type: Literal["form"]
    form: Slug | None = Field(
        default=None,
        title="Form",
        description="The form of the page's offer, if you choose none.",
        json_schema_extra={"control": "form"},
    )
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra={"control": "text"})
    submit: LocaleText | None = Field(
        default=None, title="Words of the button", description="Say what happens: Send me the guide."
    )
    small: LocaleText | None = Field(default=None, title="Small print below", json_schema_extra={"control": "text"})
    place: Literal["hero", "own"] = Field(
        default="hero",
        title="Where",
        json_schema_extra={"words": {"hero": "Beside the opening", "own": "In its own place"}},
    )
    art: Art | None = Field(
        default=None,
        title="Drawing",
        description="Beside the form, where it has its own place.",
        json_schema_extra={"control": "art"},
    )


@register
class FormBlock(Block):
    """`form` names the form where the page has no offer, or an offer of another form."""

    name = "form"
    label = "Form"
    about = "The questions, and the button that sends them."
    icon = "forms"
    once = True
    shape = FormShape
    example = {"type": "form", "submit": {"vi": "Gửi cho tôi", "en": "Send it to me"}}
