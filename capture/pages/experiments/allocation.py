"""Which variant somebody is shown. `static/pages/variant.js` decides alike; both pass the same vectors."""

from __future__ import annotations

from collections.abc import Mapping

THOUSAND = 1_000
_MASK = 0xFFFFFFFF


def variant_of(visitor: str, salt: str, shares: Mapping[str, int]) -> str:
    """The key whose part of the line from 0 to 999 the visitor falls on; `shares` are thousandths, by key."""
    place = hashed(salt + visitor) * THOUSAND >> 32
    end = 0
    for key in sorted(shares):
        end += shares[key]
        if place < end:
            return key
    return min(shares)


def hashed(text: str) -> int:
    """FNV-1a of 32 bits (Fowler, Noll, Vo), then MurmurHash3's finaliser: FNV alone mixes its last characters badly."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & _MASK
    value = (value ^ value >> 16) * 0x85EBCA6B & _MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & _MASK
    return value ^ value >> 16


def thousandths(weights: Mapping[str, float], *, least: int = 0) -> dict[str, int]:
    """Weights as whole thousandths that sum to a thousand, none below `least`; the largest remainders go up."""
    total, free = sum(weights.values()), THOUSAND - least * len(weights)
    exact = {key: weights[key] / total * free for key in sorted(weights)}
    shares = {key: int(part) for key, part in exact.items()}
    by_remainder = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in by_remainder[: free - sum(shares.values())]:
        shares[key] += 1
    return {key: share + least for key, share in shares.items()}
