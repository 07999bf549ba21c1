"""A site with every block and every template in every theme, and a page behind a password."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from capture.pages.block import blocks
from capture.pages.gallery import presets, worded

HOST = "looks.localhost"
THEMES = ("giay", "dem", "cho")
GUIDE = Path(__file__).parents[1] / "guide.pdf"
FORM = {"slug": "all", "fields": [{"name": "email", "type": "email", "label": "Email", "required": True}]}
OFFER = {
    "slug": "tet",
    "kind": "coupon",
    "form": "all",
    "coupon": {"prefix": "TET", "limit": 200, "value": "15%", "expires": "2036-02-05T23:59:59+07:00"},
}
WORDS = {"brand": "Nhà Rang", "value": "20 %", "in_7_days": "2036-02-05T16:59:59Z"}


def site_of_looks(folder: Path) -> Path:
    """Its file, with what belongs to it, in this folder."""
    shutil.copy(GUIDE, folder / "guide.pdf")
    site = {"slug": "looks", "name": "Nhà Mẫu", "locale": "vi", "timezone": "Asia/Ho_Chi_Minh", "hosts": [HOST]}
    parts = [_from_template(name, theme) for name in presets() for theme in THEMES]
    made: dict[str, list[Any]] = {"forms": [FORM], "offers": [OFFER], "pages": [_locked()]}
    made["pages"] += [of_every_block(theme) for theme in THEMES]
    for part in parts:
        for name, thing in part.items():
            made[name].append(thing)
    file = folder / "looks.yaml"
    file.write_text(json.dumps({"site": site, **made}, ensure_ascii=False))
    return file


def of_every_block(theme: str) -> dict[str, Any]:
    ordered = sorted(blocks().items(), key=lambda one: one[0] != "hero")
    shown = [dict(block.example) for _name, block in ordered]
    return {"slug": f"blocks-{theme}", "theme": theme, "offer": "tet", "title": {"vi": "Mọi khối", "en": "All blocks"}, "blocks": shown}  # fmt: skip


def _locked() -> dict[str, Any]:
    hero = dict(blocks()["hero"].example)
    return {"slug": "locked", "title": {"vi": "Riêng tư", "en": "Private"}, "password": "env:HOOK_GUIDE_WORD", "blocks": [hero]}  # fmt: skip


def _from_template(name: str, theme: str) -> dict[str, Any]:
    """Page, form and offer under one name."""
    preset, slug = presets()[name], f"{name}-{theme}"
    page = {**preset.sample(WORDS), "slug": slug, "theme": theme}
    made: dict[str, Any] = {"pages": page}
    if preset.form:
        made["forms"] = {"slug": slug, **worded(preset.form, WORDS)}
        page["blocks"] = [{**one, "form": slug} if one["type"] == "form" else one for one in page["blocks"]]
    if preset.offer:
        asset = {"asset": GUIDE.name} if preset.offer["kind"] == "ebook" else {}
        made["offers"] = worded({"slug": slug, "form": slug, **preset.offer, **asset}, WORDS)
        page["offer"] = slug
    return made
