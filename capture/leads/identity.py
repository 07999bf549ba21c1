"""Who is it: normal forms of emails and names, and whether two names can be one person."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

GMAIL = frozenset({"gmail.com", "googlemail.com"})


def email_key(email: str) -> str:
    """The normal form that is unique to one person: lower case, ASCII domain, Gmail's dots and tags gone.

    Only Gmail says publicly that dots and `+tags` reach the same mailbox; elsewhere they may be other people.
    """
    local, _, domain = email.strip().rpartition("@")
    domain = _ascii_domain(domain.lower())
    local = unicodedata.normalize("NFC", local).lower()
    if domain in GMAIL:
        local, domain = local.split("+", 1)[0].replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def names_are_compatible(one: str | None, other: str | None) -> bool:
    """Whether one name's words contain the other's, without accents and case. A missing name fits nobody."""
    words, others = name_words(one), name_words(other)
    return bool(words and others) and (words <= others or others <= words)


def name_words(name: str | None) -> frozenset[str]:
    """`Nguyễn Thị Đào` → {nguyen, thi, dao}."""
    return frozenset(folded(name or "").split())


def folded(text: str) -> str:
    """Without accents and case; `đ` has no decomposition and is folded by hand."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(character for character in plain if not unicodedata.combining(character))


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return validate_email(f"x@{domain}", check_deliverability=False).ascii_domain or domain
    except EmailNotValidError:
        return domain
