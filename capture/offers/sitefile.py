"""The `offers:` section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from flask import current_app
from pydantic import Field
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import Session

from capture.core.ids import new_id
from capture.formbuilder.models import Form
from capture.offers.assets import keep_file, kept_path
from capture.offers.models import Asset, Coupon, Offer
from capture.sites.section import LocaleText, Moment, Section, Slug, Strict, Work, needed_by


class CouponShape(Strict):
    value: str = Field(
        min_length=1, max_length=64, title="What it is worth", description="As the till reads it: 15% or 50.000 ₫."
    )
    prefix: str = Field(
        default="",
        pattern=r"^[A-Z0-9]{0,12}$",
        title="Beginning of every code",
        description="Capital letters and digits, so that the till knows the campaign. The rest is drawn at random.",
    )
    limit: int | None = Field(
        default=None,
        ge=0,
        le=100_000_000,
        title="How many codes there are",
        description="When they are gone, visitors are told so. Empty means without limit.",
    )
    per_lead: int = Field(
        default=1,
        ge=1,
        le=100,
        title="Codes for each person",
        description="Somebody who comes back sees the same code again until it is used.",
    )
    expires: Moment | None = Field(
        default=None, title="Valid until", description="In the site's time zone. After it nobody new gets a code."
    )


class OfferShape(Strict):
    slug: Slug = Field(
        title="Name of the offer", description="Small letters, digits and hyphens; pages know the offer by it."
    )
    kind: Literal["ebook", "coupon"]
    form: Slug = Field(
        title="Form",
        description="What visitors fill in to get it.",
        json_schema_extra={"control": "form"},
    )
    title: LocaleText | None = Field(
        default=None, title="Heading on the thank-you page", description="What they get, in their words."
    )
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra={"control": "none"})
    asset: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        title="File",
        description="PDF, EPUB or ZIP, 24 MB at most. Visitors get a link of their own that works for seven days.",
        json_schema_extra={"control": "asset"},
    )
    coupon: CouponShape | None = Field(default=None, title="The coupon")
    deliver: Literal["page"] = "page"


def apply(work: Work, shapes: list[OfferShape]) -> None:
    """Files are copied in; a coupon keeps what was already claimed."""
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        if shape.slug in seen:
            work.refuse(("offers", index, "slug"), f"two offers are called {shape.slug!r}")
        seen.add(shape.slug)
        form_id = _form(work, index, shape)
        if _is_complete(work, index, shape) and form_id:
            _apply_one(work, index, shape, form_id)


def _form(work: Work, index: int, shape: OfferShape) -> str | None:
    rows = select(Form.id).where(Form.site_id == work.site_id, Form.slug == shape.form, Form.retired_at.is_(None))
    form_id = work.write.execute(rows).scalar()
    if form_id is None:
        work.refuse(("offers", index, "form"), f"there is no form {shape.form!r} on this site")
    return form_id


def _is_complete(work: Work, index: int, shape: OfferShape) -> bool:
    needed, other = ("asset", "coupon") if shape.kind == "ebook" else ("coupon", "asset")
    if getattr(shape, needed) is None:
        work.refuse(("offers", index, "kind"), f"an offer of kind {shape.kind} needs `{needed}`")
        return False
    if getattr(shape, other) is not None:
        work.refuse(("offers", index, other), f"an offer of kind {shape.kind} has no `{other}`")
        return False
    return True


def _apply_one(work: Work, index: int, shape: OfferShape, form_id: str) -> None:
    asset_id = keep_file(work, ("offers", index, "asset"), shape.asset) if shape.asset else None
    if shape.asset and asset_id is None:
        return
    values = {"kind": shape.kind, "form_id": form_id, "asset_id": asset_id, "settings": _settings(shape)}
    rows = select(Offer.__table__).where(Offer.site_id == work.site_id, Offer.slug == shape.slug)
    found = work.write.execute(rows).mappings().first()
    if found is None:
        offer_id = new_id()
        row = {"id": offer_id, "site_id": work.site_id, "slug": shape.slug, **values, "created_at": work.now}
        work.write.execute(insert(Offer).values(**row))
        work.changed(f"offer {shape.slug}: new")
    else:
        offer_id = found["id"]
        _change(work, index, shape, found, values)
    if shape.coupon is not None:
        _apply_coupon(work, index, offer_id, shape)


def _change(work: Work, index: int, shape: OfferShape, found: Any, values: dict[str, Any]) -> None:
    if found["kind"] != shape.kind:
        work.refuse(("offers", index, "kind"), f"stays {found['kind']!r}: what was granted points at it")
        return
    if any(found[name] != value for name, value in values.items()) or found["retired_at"] is not None:
        work.write.execute(update(Offer).where(Offer.id == found["id"]).values(**values, retired_at=None))
        work.changed(f"offer {shape.slug}: changed")


def _apply_coupon(work: Work, index: int, offer_id: str, shape: OfferShape) -> None:
    assert shape.coupon is not None
    values = shape.coupon.model_dump(exclude={"expires"}) | {"expires_at": shape.coupon.expires}
    found = work.write.execute(select(Coupon.__table__).where(Coupon.offer_id == offer_id)).mappings().first()
    if found is None:
        work.write.execute(insert(Coupon).values(offer_id=offer_id, claimed=0, **values))
    elif values["limit"] is not None and values["limit"] < found["claimed"]:
        work.refuse(("offers", index, "coupon", "limit"), f"{found['claimed']} codes are already given")
    elif any(found[name] != value for name, value in values.items()):
        work.write.execute(update(Coupon).where(Coupon.offer_id == offer_id).values(**values))
        work.changed(f"coupon {shape.slug}: changed")


def export(read: Connection, site_id: str) -> list[dict[str, Any]]:
    """The offers that are not retired, in the order in which they were made."""
    rows = select(Offer, Form.slug.label("form"), Coupon).join(Form, Form.id == Offer.form_id)
    mine = rows.outerjoin(Coupon, Coupon.offer_id == Offer.id).where(Offer.site_id == site_id)
    with Session(read) as session:
        found = session.execute(mine.where(Offer.retired_at.is_(None)).order_by(Offer.id)).all()
        return [_exported(*row) for row in found]


def files(read: Connection, site_id: str) -> Iterator[tuple[str, bytes]]:
    """The files of offers, under the names by which they were brought."""
    rows = select(Offer.settings, Asset.digest).join(Asset, Asset.id == Offer.asset_id)
    mine = rows.where(Offer.site_id == site_id, Offer.retired_at.is_(None)).order_by(Offer.id)
    for settings, digest in read.execute(mine).all():
        path = kept_path(current_app.config["SETTINGS"].instance, digest)
        if path.is_file():
            yield settings["asset"], path.read_bytes()


def retire(work: Work, slug: str) -> bool:
    """Nobody new gets it; what was granted stays good."""
    mine = (Offer.site_id == work.site_id, Offer.slug == slug, Offer.retired_at.is_(None))
    row_id = work.write.execute(select(Offer.id).where(*mine)).scalar()
    if row_id is None:
        return False
    if needing := needed_by(work, "offer", row_id):
        work.refuse(("offers",), f"offer {slug} is still needed by {needing}")
        return False
    work.write.execute(update(Offer).where(Offer.id == row_id).values(retired_at=work.now))
    work.changed(f"offer {slug}: retired")
    return True


def _exported(offer: Offer, form: str, coupon: Coupon | None) -> dict[str, Any]:
    made = {"slug": offer.slug, "kind": offer.kind, "form": form, **offer.settings}
    if coupon is None:
        return made
    terms = {"prefix": coupon.prefix, "limit": coupon.limit, "per_lead": coupon.per_lead, "value": coupon.value}
    kept = {name: value for name, value in terms.items() if value not in (None, "")}
    return {**made, "coupon": {**kept, **({"expires": coupon.expires_at} if coupon.expires_at else {})}}


def _settings(shape: OfferShape) -> dict[str, Any]:
    return shape.model_dump(mode="json", include={"title", "text", "asset"}, exclude_none=True)


EXAMPLE = {
    "slug": "summer",
    "kind": "coupon",
    "form": "guide",
    "coupon": {"prefix": "HE", "limit": 500, "per_lead": 1, "value": "20%", "expires": "2029-12-31T23:59:59+07:00"},
}

OFFERS = Section(
    name="offers",
    shape=list[OfferShape],
    apply=apply,
    export=export,
    retire=retire,
    position=20,
    example=EXAMPLE,
    files=files,
)
