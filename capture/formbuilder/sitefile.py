"""The `forms:` section."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection, insert, select, update

from capture.core.ids import new_id
from capture.formbuilder.models import Form, FormVersion
from capture.sites.section import LocaleText, Section, Slug, Strict, Work, needed_by
from forms import FormSchema, kind_of, problems_in


class OptionShape(Strict):
    value: str = Field(
        min_length=1,
        max_length=255,
        title="Kept as",
        description="What lists, rules and your CRM see. It should stay once somebody has chosen it.",
    )
    label: LocaleText | None = Field(default=None, title="What visitors read")


class FieldShape(Strict):
    name: str = Field(
        title="Machine name",
        description="How answers are kept: small letters, digits and _. It stays for good once the form is published.",
    )
    type: str = Field(title="Kind", json_schema_extra={"control": "fixed"})
    label: LocaleText | None = Field(default=None, title="Question")
    hint: LocaleText | None = Field(
        default=None, title="Help below the field", description="Say why you ask, or give an example."
    )
    required: bool = Field(default=False, title="Must be answered")
    options: list[OptionShape | str] = Field(
        default=[], title="Answers to choose from", json_schema_extra={"item": "group"}
    )
    purpose: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_-]{0,62}$",
        title="What the consent is for",
        description="The wording above is kept with every answer, as proof. One box for each purpose.",
        json_schema_extra={"suggest": "purpose"},
    )
    value: str | None = Field(
        default=None, title="Value", description="Visitors don't see it; it comes with every answer."
    )
    max_length: int | None = Field(default=None, ge=1, le=20_000, title="Longest answer, in characters")


class FormShape(Strict):
    slug: Slug = Field(
        title="Name of the form", description="Small letters, digits and hyphens; pages and offers know the form by it."
    )
    pipeline: Literal["marketing", "recruiting"] = Field(
        default="marketing",
        title="Whose people these are",
        description="It cannot be changed later: people of one never reach the other.",
        json_schema_extra={
            "words": {"marketing": "Marketing and sales", "recruiting": "Recruiting, only for recruiters"}
        },
    )
    fields: list[FieldShape] = Field(min_length=1, title="Fields")


def apply(work: Work, shapes: list[FormShape]) -> None:
    """A changed form is a new version; the old one stays for the answers that point at it."""
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        if shape.slug in seen:
            work.refuse(("forms", index, "slug"), f"two forms are called {shape.slug!r}")
        seen.add(shape.slug)
        schema = _schema(shape)
        wrong = _problems(work, index, shape, schema)
        if not wrong:
            _apply_one(work, index, shape, schema.to_json())


def export(read: Connection, site_id: str) -> list[dict[str, Any]]:
    """The published forms, in the order in which they were made."""
    rows = select(Form.slug, Form.pipeline, FormVersion.schema).join(
        FormVersion, (FormVersion.form_id == Form.id) & (FormVersion.number == Form.version)
    )
    found = read.execute(rows.where(Form.site_id == site_id, Form.retired_at.is_(None)).order_by(Form.id))
    return [_exported(*row) for row in found]


def retire(work: Work, slug: str) -> bool:
    """No new answers; those that were given stay. Refused where a page or an offer still asks it."""
    mine = (Form.site_id == work.site_id, Form.slug == slug, Form.retired_at.is_(None))
    row_id = work.write.execute(select(Form.id).where(*mine)).scalar()
    if row_id is None:
        return False
    if needing := needed_by(work, "form", row_id):
        work.refuse(("forms",), f"form {slug} is still needed by {needing}")
        return False
    work.write.execute(update(Form).where(Form.id == row_id).values(retired_at=work.now))
    work.changed(f"form {slug}: retired")
    return True


def _exported(slug: str, pipeline: str, schema: dict[str, Any]) -> dict[str, Any]:
    fields = [_in_order(one) for one in schema["fields"]]
    return {"slug": slug, **({} if pipeline == "marketing" else {"pipeline": pipeline}), "fields": fields}


def _in_order(field: dict[str, Any]) -> dict[str, Any]:
    """In the order of the shape: who stored it, and in which database, cannot be told from the file."""
    told = {**field, **({"options": _options(field["options"])} if field.get("options") else {})}
    return {name: told[name] for name in (*FieldShape.model_fields, *told) if name in told}


def _options(options: list[dict[str, Any]]) -> list[Any]:
    return [one if one.get("label") else one["value"] for one in options]


def _schema(shape: FormShape) -> FormSchema:
    plain = shape.model_dump(mode="json")
    for field in plain["fields"]:
        field["options"] = [{"value": one} if isinstance(one, str) else one for one in field["options"]]
    return FormSchema.from_json(plain)


def _problems(work: Work, index: int, shape: FormShape, schema: FormSchema) -> bool:
    before = len(work.problems)
    for path, text in problems_in(schema):
        steps = path.replace("]", "").replace("[", ".").split(".")
        work.refuse(("forms", index, *(int(one) if one.isdigit() else one for one in steps)), text)
    for number, (field, spec) in enumerate(zip(shape.fields, schema.fields, strict=True)):
        extra = sorted(field.model_fields_set - kind_of(spec.type).settings)
        for name in extra:
            work.refuse(("forms", index, "fields", number, name), f"a field of type {spec.type} has no `{name}`")
    return len(work.problems) > before


def _apply_one(work: Work, index: int, shape: FormShape, schema: dict[str, Any]) -> None:
    rows = select(Form.__table__).where(Form.site_id == work.site_id, Form.slug == shape.slug)
    found = work.write.execute(rows).mappings().first()
    if found is None:
        _create(work, shape, schema)
        return
    if found["pipeline"] != shape.pipeline:
        work.refuse(("forms", index, "pipeline"), f"stays {found['pipeline']!r}: its leads cannot change pipeline")
        return
    current = select(FormVersion.schema).where(
        FormVersion.form_id == found["id"], FormVersion.number == found["version"]
    )
    if work.write.execute(current).scalar() == schema and found["retired_at"] is None:
        return
    _publish(work, found["id"], found["version"] + 1, schema)
    again = {"version": found["version"] + 1, "retired_at": None}
    work.write.execute(update(Form).where(Form.id == found["id"]).values(again))
    work.changed(f"form {shape.slug}: version {found['version'] + 1}")


def _create(work: Work, shape: FormShape, schema: dict[str, Any]) -> None:
    form_id = new_id()
    values = {"id": form_id, "site_id": work.site_id, "slug": shape.slug, "pipeline": shape.pipeline}
    work.write.execute(insert(Form).values(**values, version=1, created_at=work.now))
    _publish(work, form_id, 1, schema)
    work.changed(f"form {shape.slug}: new")


def _publish(work: Work, form_id: str, number: int, schema: dict[str, Any]) -> None:
    row = {"id": new_id(), "form_id": form_id, "number": number, "schema": schema, "published_at": work.now}
    work.write.execute(insert(FormVersion).values(**row))


EXAMPLE = {
    "slug": "guide",
    "fields": [
        {"name": "email", "type": "email", "label": {"vi": "Email", "en": "Email"}, "required": True},
        {"name": "news", "type": "consent", "label": {"vi": "Gửi tin cho tôi", "en": "News"}, "purpose": "marketing"},
    ],
}

FORMS = Section(
    name="forms",
    shape=list[FormShape],
    apply=apply,
    export=export,
    retire=retire,
    position=10,
    example=EXAMPLE,
)
