"""Give a lead what the offer promises: once, within the stock, the same again when they come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from capture.core.statements import Fixed
from capture.offers.coupon_codes import new_code
from capture.offers.models import Coupon, CouponCode, Grant
from capture.offers.queries import OfferNow

_NEW_GRANT = Fixed(insert(Grant), columns=["submission_id", "offer_id", "lead_id", "state", "code", "granted_at"])
_NEW_CODE = Fixed(
    insert(CouponCode),
    columns=["code", "offer_id", "lead_id", "ordinal", "value", "claimed_at", "expires_at", "redeemed_at"],
)
_CODES_OF_LEAD = Fixed(
    select(CouponCode.code, CouponCode.value, CouponCode.expires_at, CouponCode.redeemed_at)
    .where(CouponCode.offer_id == bindparam("_offer"), CouponCode.lead_id == bindparam("_lead"))
    .order_by(CouponCode.ordinal)
)
# One conditional UPDATE, so that the limit holds however many ask at once.
_TAKE = Fixed(
    update(Coupon)
    .where(
        Coupon.offer_id == bindparam("_offer"),
        or_(Coupon.limit.is_(None), Coupon.claimed < Coupon.limit),
        or_(Coupon.expires_at.is_(None), Coupon.expires_at > bindparam("_at", type_=Coupon.expires_at.type)),
        Coupon.per_lead > bindparam("_already", type_=Coupon.per_lead.type),
    )
    .values(claimed=Coupon.claimed + 1)
    .returning(Coupon.prefix, Coupon.value, Coupon.expires_at)
)


@dataclass(frozen=True)
class Granted:
    """`state`: granted, sold_out or ended. A coupon's code and terms where there is one; `is_new` when just issued."""

    offer: OfferNow
    state: str
    code: str | None = None
    value: str | None = None
    expires_at: datetime | None = None
    is_new: bool = False


def grant_offer(
    write: Connection, offer: OfferNow | None, *, lead_id: str, submission_id: str, at: datetime
) -> Granted | None:
    """Write the grant of one submission; None where there is no offer."""
    if offer is None:
        return None
    granted = _claimed(write, offer, lead_id, at) if offer.kind == "coupon" else Granted(offer, "granted")
    row = {"submission_id": submission_id, "offer_id": offer.id, "lead_id": lead_id, "state": granted.state}
    _NEW_GRANT.run(write, {**row, "code": granted.code, "granted_at": at})
    return granted


def _claimed(write: Connection, offer: OfferNow, lead_id: str, at: datetime) -> Granted:
    owned = _CODES_OF_LEAD.rows(write, {"_offer": offer.id, "_lead": lead_id})
    usable = [row for row in owned if row.redeemed_at is None and (row.expires_at is None or row.expires_at > at)]
    if usable:
        return Granted(offer, "granted", usable[0].code, usable[0].value, usable[0].expires_at)
    coupon = _TAKE.first(write, {"_offer": offer.id, "_already": len(owned), "_at": at})
    if coupon is None:
        return _nothing_left(write, offer, owned, at)
    return _new_code(write, offer, coupon, lead_id, ordinal=len(owned) + 1, at=at)


def _new_code(write: Connection, offer: OfferNow, coupon: Any, lead_id: str, *, ordinal: int, at: datetime) -> Granted:
    code = new_code(coupon.prefix)
    row = {"code": code, "offer_id": offer.id, "lead_id": lead_id, "ordinal": ordinal, "value": coupon.value}
    _NEW_CODE.run(write, {**row, "claimed_at": at, "expires_at": coupon.expires_at, "redeemed_at": None})
    return Granted(offer, "granted", code, coupon.value, coupon.expires_at, is_new=True)


def _nothing_left(write: Connection, offer: OfferNow, owned: Any, at: datetime) -> Granted:
    """Whoever used all their codes sees the last one; the others learn whether it is sold out or over."""
    if owned:
        return Granted(offer, "granted", owned[-1].code, owned[-1].value, owned[-1].expires_at)
    expires_at = write.execute(select(Coupon.expires_at).where(Coupon.offer_id == offer.id)).scalar()
    return Granted(offer, "ended" if expires_at is not None and expires_at <= at else "sold_out")


def codes_left(write: Connection, offer_id: str) -> int | None:
    """How many codes there are still; None when there is no limit."""
    left = select(func.coalesce(Coupon.limit - Coupon.claimed, -1)).where(Coupon.offer_id == offer_id)
    found = write.execute(left).scalar()
    return None if found in (None, -1) else int(found)
