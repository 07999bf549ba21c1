"""A picture that somebody brought, as files that are safe and small: decoded, turned, stripped, and written anew.

What no decoder reads is refused, whatever its name says. Nothing of the sent bytes is kept: no metadata, no second
content behind the pixels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps

from capture.pictures.svg import sanitised

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
MOST_PIXELS = 50_000_000
SMALLEST_PIXELS = 8
LONGEST_KEPT = 2_560
WIDTHS = (480, 960, 1600)
MOST_PNG_WIDTH = 960
ENCODERS_AT_ONCE = 2
SVG = "image/svg+xml"
# In the order in which a page offers them. Effort is bounded: somebody waits for the answer.
ENCODERS: dict[str, dict[str, Any]] = {
    "image/avif": {"format": "AVIF", "quality": 58, "speed": 9},
    "image/webp": {"format": "WEBP", "quality": 78, "method": 2},
    "image/jpeg": {"format": "JPEG", "quality": 82, "progressive": True},
    "image/png": {"format": "PNG", "compress_level": 3},
}
ENDINGS = {"image/avif": "avif", "image/webp": "webp", "image/jpeg": "jpg", "image/png": "png", SVG: "svg"}
CROPS = {"1:1": 1.0, "4:3": 4 / 3, "3:4": 3 / 4, "16:9": 16 / 9}
REFUSAL = "a picture as JPEG, PNG, WebP, AVIF, GIF or SVG, of at most 50 million pixels"

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True)
class MadeFile:
    """One size in one format."""

    width: int
    media_type: str
    body: bytes

    @property
    def digest(self) -> str:
        return digest_of(self.body)


@dataclass(frozen=True)
class Made:
    """A picture ready to be kept: the whole one, and the files of its cut."""

    source_digest: str
    media_type: str
    original: bytes
    width: int
    height: int
    files: tuple[MadeFile, ...]

    @property
    def digest(self) -> str:
        return digest_of(self.original)


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def made_of(data: bytes, *, focal: tuple[int, int] = (50, 50), crop: str | None = None) -> Made:
    """Everything that is kept of a picture; raises ValueError where it is none."""
    if b"<svg" in data[:4096]:
        return _drawing(data)
    whole = _decoded(data)
    kind = "image/webp" if whole.mode == "RGBA" else "image/jpeg"
    cut = _cut(whole, focal, crop)
    return Made(
        source_digest=digest_of(data),
        media_type=kind,
        original=_encoded(whole, kind, quality=90),
        width=cut.width,
        height=cut.height,
        files=tuple(_files(cut)),
    )


def cut_again(original: bytes, *, focal: tuple[int, int], crop: str | None) -> Made:
    """The files of another cut of a picture that is kept."""
    return made_of(original, focal=focal, crop=crop)


def _decoded(data: bytes) -> Image.Image:
    """The first frame, upright, as RGB or RGBA in sRGB."""
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS or min(image.size) < SMALLEST_PIXELS:
            raise ValueError
        image.draft("RGB", (LONGEST_KEPT, LONGEST_KEPT))
        image.load()
        upright = _in_srgb(ImageOps.exif_transpose(image))
    except Exception as error:  # decoders fail in a dozen ways on bytes that were made to hurt them
        raise ValueError(REFUSAL) from error
    upright.thumbnail((LONGEST_KEPT, LONGEST_KEPT), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return upright


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if not profile or image.mode not in {"RGB", "RGBA"}:
        return plain
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        turned = ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"))
    except ImageCms.PyCMSError:  # a broken profile costs its colours, not the picture
        return plain
    return turned or plain


def _cut(image: Image.Image, focal: tuple[int, int], crop: str | None) -> Image.Image:
    """The largest part of this shape, as near to the focal point as the edges allow."""
    shape = CROPS.get(crop or "")
    if shape is None:
        return image
    width, height = min(image.width, round(image.height * shape)), min(image.height, round(image.width / shape))
    left = _start(image.width, width, focal[0])
    top = _start(image.height, height, focal[1])
    return image.crop((left, top, left + width, top + height))


def _start(whole: int, part: int, per_cent: int) -> int:
    return min(max(round(whole * per_cent / 100 - part / 2), 0), whole - part)


def _files(image: Image.Image) -> list[MadeFile]:
    """All sizes and formats, two encoders at a time: they run outside the interpreter's lock."""
    with ThreadPoolExecutor(ENCODERS_AT_ONCE) as pool:
        return list(pool.map(lambda one: MadeFile(one[0].width, one[1], _encoded(*one)), _wanted(image)))


def _wanted(image: Image.Image) -> Iterator[tuple[Image.Image, str]]:
    """Every width in the two good formats, and in the one that every program reads; large PNGs help nobody."""
    fallback = "image/png" if image.mode == "RGBA" else "image/jpeg"
    for width in _widths(image.width):
        sized = image.resize(
            (width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS, reducing_gap=2.0
        )
        kinds = ["image/avif", "image/webp", fallback]
        for kind in kinds[:2] if fallback == "image/png" and width > MOST_PNG_WIDTH else kinds:
            yield sized, kind


def _widths(whole: int) -> list[int]:
    """Never larger than the picture itself."""
    return sorted({min(width, whole) for width in WIDTHS})


def _encoded(image: Image.Image, kind: str, **more: Any) -> bytes:
    out = BytesIO()
    clean = image.copy()
    clean.info = {}
    clean.save(out, **{**ENCODERS[kind], **more})
    return out.getvalue()


def _drawing(data: bytes) -> Made:
    """A drawing stays one file: it has every size in it."""
    body, width, height = sanitised(data)
    return Made(digest_of(data), SVG, body, width, height, (MadeFile(width, SVG, body),))
