"""What makes an answer wrong, said in the visitor's language with what to do about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from wtforms import BooleanField, Field, Form
from wtforms.validators import StopValidation

from forms.kind import Context
from forms.schema import FieldSpec

Check = Callable[[Form, Field], None]
YES = frozenset({"y", "on", "true", "1"})
EMAIL_LENGTH = 254
PHONE_LENGTH = 40

# Vietnam's eleven-digit mobile prefixes, retired in 2018: the last seven digits stayed.
OLD_VN_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78", "123": "83", "124": "84", "125": "85",
    "127": "81", "129": "82", "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37",
    "168": "38", "169": "39", "186": "56", "188": "58", "199": "59",
}  # fmt: skip
OLD_VN_NUMBER = re.compile(r"(?:(?:\+|00)?840?|0)(1\d{2})(\d{7})")

_UNWANTED = dict.fromkeys((*range(32), 127, *range(128, 160), *range(55296, 57344)))
_UNWANTED_IN_TEXT = {code: value for code, value in _UNWANTED.items() if code != 0x0A}


def cleaned_line(value: Any) -> Any:
    """One line: control characters and lone surrogates gone, spaces folded, in NFC."""
    if not isinstance(value, str):
        return value
    spaced = value.replace("\t", " ").replace("\r", " ").replace("\n", " ")
    return " ".join(unicodedata.normalize("NFC", spaced.translate(_UNWANTED)).split())


def cleaned_text(value: Any) -> Any:
    """Several lines: as `cleaned_line`, but the lines stay."""
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n").translate(_UNWANTED_IN_TEXT)
    return unicodedata.normalize("NFC", lines).strip()


def answered(spec: FieldSpec, context: Context) -> list[Check]:
    """Required: say so. Optional: an empty answer ends the checks."""
    message = context.translate("Please fill this in.")

    def check(_form: Form, field: Field) -> None:
        if field.data:
            return
        field.errors = []
        raise StopValidation(message) if spec.required else StopValidation()

    return [check]


def no_longer_than(limit: int, context: Context) -> Check:
    message = context.translate("This is too long: {limit} characters at most.").format(limit=limit)

    def check(_form: Form, field: Field) -> None:
        if len(field.data or "") > limit:
            raise StopValidation(message)

    return check


def one_of(spec: FieldSpec, context: Context) -> Check:
    allowed = {option.value for option in spec.options}
    message = context.translate("Please choose one of the answers.")

    def check(_form: Form, field: Field) -> None:
        if field.data not in allowed:
            raise StopValidation(message)

    return check


class TickField(BooleanField):  # type: ignore[misc]
    """Given by y, on, true or 1 and by nothing else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = bool(valuelist) and valuelist[0] in YES


class Ticked:
    """A box that must be ticked."""

    def __init__(self, context: Context) -> None:
        self._message = context.translate("Please tick this box to go on.")

    def __call__(self, _form: Form, field: Field) -> None:
        if not field.data:
            raise StopValidation(self._message)


class EmailAddress:
    """Syntax and IDNA by email-validator; no look-up, since a broken resolver would refuse good leads."""

    def __init__(self, context: Context) -> None:
        t = context.translate
        self._no_at = t("An email has an @ in it, for example name@gmail.com.")
        self._no_domain = t("The part after the @ is missing, for example name@gmail.com.")
        self._wrong = t("This email does not look right. An example: name@gmail.com.")

    def __call__(self, _form: Form, field: Field) -> None:
        typed = field.data
        if len(typed) > EMAIL_LENGTH:
            raise StopValidation(self._wrong)
        try:
            field.data = validate_email(typed, check_deliverability=False).normalized
        except EmailNotValidError:
            raise StopValidation(self._reason(typed)) from None

    def _reason(self, typed: str) -> str:
        if "@" not in typed:
            return self._no_at
        return self._no_domain if typed.endswith("@") else self._wrong


class PhoneNumber:
    """Any notation that the site's region knows, kept as E.164."""

    def __init__(self, context: Context) -> None:
        t = context.translate
        self._region = context.region
        self._digits = t("This number has {digits} digits; a mobile number here has {expected} after {code}.")
        self._wrong = t("This phone number does not exist. Please check the digits.")
        self._not_number = t("A phone number has digits only, for example {example}.").format(
            example=_example(context.region)
        )

    def __call__(self, _form: Form, field: Field) -> None:
        typed = field.data
        if len(typed) > PHONE_LENGTH:
            raise StopValidation(self._not_number)
        try:
            number = phonenumbers.parse(_modern(typed), self._region)
        except NumberParseException:
            raise StopValidation(self._not_number) from None
        if not phonenumbers.is_valid_number(number):
            raise StopValidation(self._reason(number))
        field.data = phonenumbers.format_number(number, PhoneNumberFormat.E164)

    def _reason(self, number: phonenumbers.PhoneNumber) -> str:
        """Most wrong numbers lack a digit or have one too many: say how many there are and should be."""
        mobile = phonenumbers.example_number_for_type(self._region, phonenumbers.PhoneNumberType.MOBILE)
        if mobile is None or mobile.country_code != number.country_code:
            return self._wrong
        digits, expected = (len(phonenumbers.national_significant_number(one)) for one in (number, mobile))
        if digits == expected:
            return self._wrong
        return self._digits.format(digits=digits, expected=expected, code=f"+{mobile.country_code}")


def _modern(typed: str) -> str:
    """An old Vietnamese mobile number with its prefix of today; any other text as it is."""
    old = OLD_VN_NUMBER.fullmatch(re.sub(r"[\s.()-]", "", typed))
    prefix = OLD_VN_PREFIXES.get(old.group(1)) if old else None
    return f"+84{prefix}{old.group(2)}" if old and prefix else typed


def _example(region: str) -> str:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if number else "+84 912 345 678"
