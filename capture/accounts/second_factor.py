"""The second factor: codes by the clock (TOTP, RFC 6238), each used once, and recovery codes for a lost phone."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno
from sqlalchemy import Connection, delete, func, insert, or_, select, update

from capture.accounts.models import FactorRule, RecoveryCode, User
from capture.accounts.sessions import digest_of
from capture.core.db import db
from capture.core.vault import sealed, unsealed

PURPOSE = "second-factor"
STEP_SECONDS = 30
# A phone's clock may be one step off either way.
DRIFT = 1
RECOVERY_CODES, RECOVERY_BYTES = 10, 10


def new_secret() -> str:
    return pyotp.random_base32()


def offered(user_id: str, secret: str) -> str:
    """A secret on its way through the form that confirms it; for this user only."""
    return sealed(f"{PURPOSE}.{user_id}", secret)


def taken_up(user_id: str, text: str) -> str | None:
    return unsealed(f"{PURPOSE}.{user_id}", text)


def address_of(secret: str, email: str, brand: str) -> str:
    """What the QR code says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=brand)


def picture_of(address: str) -> str:
    """The QR code as SVG, coloured by attribute and class: a strict policy allows no style in it."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass="qr-dark"))


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is; None when it is no code of now."""
    plain = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", plain, re.ASCII):
        return None
    current = int(at.timestamp()) // STEP_SECONDS
    totp, found = pyotp.TOTP(secret), None
    for step in range(current - DRIFT, current + DRIFT + 1):
        if secrets.compare_digest(totp.generate_otp(step), plain):
            found = step
    return found


def turn_on(write: Connection, user_id: str, secret: str, code: str, at: datetime) -> bool:
    """The first code proves that the phone has the secret; from now on it is asked for."""
    step = step_of(secret, code, at)
    if step is None:
        return False
    kept = {"factor_secret": sealed(PURPOSE, secret), "factor_at": at, "factor_step": step}
    mine = update(User).where(User.id == user_id, User.factor_at.is_(None))
    return bool(write.execute(mine.values(**kept)).rowcount)


def code_is_right(write: Connection, user_id: str, code: str, at: datetime) -> bool:
    """Whether it is a code of now that was never used: each is good once, as RFC 6238 demands."""
    kept = write.execute(select(User.factor_secret).where(User.id == user_id, User.factor_at.is_not(None))).scalar()
    secret = unsealed(PURPOSE, kept) if kept else None
    step = step_of(secret, code, at) if secret else None
    if step is None:
        return False
    unused = or_(User.factor_step.is_(None), User.factor_step < step)
    mine = update(User).where(User.id == user_id, User.factor_at.is_not(None), unused)
    return bool(write.execute(mine.values(factor_step=step)).rowcount)


def use_recovery_code(write: Connection, user_id: str, code: str, at: datetime) -> bool:
    """Using it and marking it are one statement."""
    mine = (RecoveryCode.user_id == user_id) & (RecoveryCode.digest == _recovery_digest(user_id, code))
    used = update(RecoveryCode).where(mine, RecoveryCode.used_at.is_(None)).values(used_at=at)
    return bool(write.execute(used).rowcount)


def new_recovery_codes(write: Connection, user_id: str) -> list[str]:
    """Ten codes, shown now and never again; the ones before them are worth nothing."""
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    write.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    write.execute(
        insert(RecoveryCode),
        [{"digest": _recovery_digest(user_id, code), "user_id": user_id, "used_at": None} for code in codes],
    )
    return codes


def recovery_codes_left(user_id: str) -> int:
    unused = RecoveryCode.used_at.is_(None)
    return db.session.execute(select(func.count()).where(RecoveryCode.user_id == user_id, unused)).scalar_one()


def turn_off(write: Connection, user_id: str) -> None:
    write.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    nothing = {"factor_secret": None, "factor_at": None, "factor_step": None}
    write.execute(update(User).where(User.id == user_id).values(**nothing))


def required_roles() -> frozenset[str]:
    return frozenset(db.session.execute(select(FactorRule.role)).scalars())


def require_for(write: Connection, roles: Sequence[str]) -> None:
    write.execute(delete(FactorRule))
    if roles:
        write.execute(insert(FactorRule), [{"role": role} for role in sorted(set(roles))])


def _recovery_code() -> str:
    """`k3m7-9xqa-…`: 80 random bits, so that a plain digest is enough to keep."""
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _recovery_digest(user_id: str, code: str) -> str:
    return digest_of(f"{user_id}:{re.sub(r'[^a-z2-7]', '', code.lower())}")
