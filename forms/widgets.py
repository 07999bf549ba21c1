"""Accessible HTML for each kind: label, hint and error wired to their control."""

from __future__ import annotations

from markupsafe import Markup
from wtforms import Field
from wtforms.widgets import html_params

from forms.kind import Context
from forms.schema import FieldSpec
from forms.texts import in_locale

AUTOCOMPLETE = {"email": "email", "phone": "tel", "name": "name", "company": "organization"}
INPUT_TYPES = {"email": "email", "phone": "tel"}
LONGEST = {"email": 254, "phone": 40, "text": 255, "textarea": 5_000, "hidden": 255}


def control_id(spec: FieldSpec) -> str:
    return f"f-{spec.name}"


def rendered(spec: FieldSpec, field: Field, context: Context) -> Markup:
    """One field with everything that belongs to it."""
    if spec.type == "hidden":
        return Markup("<input {}>").format(_raw(type="hidden", name=spec.name, value=_typed(field) or spec.value or ""))
    ticked = spec.type in {"checkbox", "consent"}
    parts = (
        [_tick(spec, field), _label(spec, context)]
        if ticked
        else [_label(spec, context), _control(spec, field, context)]
    )
    parts += [_hint(spec, field, context), _error(spec, field)]
    kind = "check" if ticked else spec.type
    opening = Markup('<div class="field field--{}" data-field="{}">').format(kind, spec.name)
    return opening + Markup("").join(parts) + Markup("</div>")


def _label(spec: FieldSpec, context: Context) -> Markup:
    text = in_locale(spec.label, context.locale) or spec.name
    optional = Markup("")
    if not spec.required and spec.type not in {"checkbox", "consent"}:
        optional = Markup(' <span class="optional">{}</span>').format(context.translate("(optional)"))
    return Markup('<label for="{}">{}{}</label>').format(control_id(spec), text, optional)


def _control(spec: FieldSpec, field: Field, context: Context) -> Markup:
    shared = _shared(spec, field, context)
    if spec.type == "textarea":
        return Markup("<textarea {}>\n{}</textarea>").format(_raw(**shared, rows=4), _typed(field))
    if spec.type == "select":
        return Markup("<select {}>{}</select>").format(_raw(**shared), _options(spec, field, context))
    kind = INPUT_TYPES.get(spec.type, "text")
    return Markup("<input {}>").format(_raw(**shared, type=kind, value=_typed(field)))


def _options(spec: FieldSpec, field: Field, context: Context) -> Markup:
    chosen = field.data or ""
    rows = [("", context.translate("Please choose"))]
    rows += [(one.value, in_locale(one.label, context.locale) or one.value) for one in spec.options]
    made = [
        Markup("<option {}>{}</option>").format(_raw(value=value, selected=value == chosen), text)
        for value, text in rows
    ]
    return Markup("").join(made)


def _tick(spec: FieldSpec, field: Field) -> Markup:
    described = _described_by(spec, field)
    return Markup("<input {}>").format(
        _raw(
            type="checkbox",
            id=control_id(spec),
            name=spec.name,
            value="y",
            checked=bool(field.data),
            required=spec.required,
            aria_describedby=described,
            aria_invalid="true" if field.errors else None,
        )  # fmt: skip
    )


def _shared(spec: FieldSpec, field: Field, context: Context) -> dict[str, object]:
    auto = AUTOCOMPLETE.get(spec.type) or (AUTOCOMPLETE.get(spec.name) if spec.type == "text" else None)
    return {
        "id": control_id(spec), "name": spec.name, "required": spec.required, "autocomplete": auto,
        "maxlength": spec.max_length or LONGEST.get(spec.type), "aria_describedby": _described_by(spec, field),
        "aria_invalid": "true" if field.errors else None, **_messages(spec, context),
    }  # fmt: skip


def _messages(spec: FieldSpec, context: Context) -> dict[str, object]:
    """What the script may say before the server does."""
    texts: dict[str, object] = {}
    if spec.required:
        texts["data_missing"] = context.translate("Please fill this in.")
    if spec.type == "email":
        texts["data_wrong"] = context.translate("This email does not look right. An example: name@gmail.com.")
    return texts


def _hint(spec: FieldSpec, field: Field, context: Context) -> Markup:
    """It steps aside for the error, and is back when the script finds the answer right."""
    text = in_locale(spec.hint, context.locale)
    attributes = _raw(class_="hint", id=f"{control_id(spec)}-hint", hidden=bool(field.errors))
    return Markup("<p {}>{}</p>").format(attributes, text) if text else Markup("")


def _error(spec: FieldSpec, field: Field) -> Markup:
    if not field.errors:
        return Markup("")
    return Markup('<p class="error" id="{}-error">{}</p>').format(control_id(spec), field.errors[0])


def _described_by(spec: FieldSpec, field: Field) -> str | None:
    if field.errors:
        return f"{control_id(spec)}-error"
    return f"{control_id(spec)}-hint" if spec.hint else None


def _typed(field: Field) -> str:
    """What the visitor typed, not what we made of it: a refused answer comes back as it was."""
    if field.raw_data:
        return str(field.raw_data[0])
    return "" if field.data is None else str(field.data)


def _raw(**attributes: object) -> Markup:
    given = {name: value for name, value in attributes.items() if value is not None and value is not False}
    return Markup(html_params(**given))  # noqa: S704 -- html_params escapes
