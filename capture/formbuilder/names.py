"""Machine names made of what people read: `Số điện thoại` → `so_dien_thoai`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from forms.texts import Text, in_locale

LONGEST = 40
# Names that fill the lead's own columns, whatever the label says.
OF_THE_LEAD = {"email": "email", "phone": "phone", "consent": "consent"}


def name_of(kind: str, label: Text, taken: Collection[str]) -> str:
    """A free machine name for a field of this kind."""
    plain = OF_THE_LEAD.get(kind) or plain_word(in_locale(label, "en")) or kind
    return free(plain if plain[0].isalpha() else f"f_{plain}"[:LONGEST], taken)


def plain_word(text: str, joint: str = "_") -> str:
    """Small letters without marks, digits, and joints between words."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    ascii_only = "".join(one for one in bare if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", joint, ascii_only).strip(joint)[:LONGEST].strip(joint)


def free(name: str, taken: Collection[str], joint: str = "_") -> str:
    """The name, or the first of `name_2`, `name_3` … that nobody has."""
    if name not in taken:
        return name
    numbered = (f"{name[: LONGEST - 4]}{joint}{number}" for number in range(2, 1_000))
    return next(one for one in numbered if one not in taken)
