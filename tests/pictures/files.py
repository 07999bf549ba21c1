"""Picture files for tests: sound ones, and ones that were made to hurt."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

SOUND_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><rect width="64" height="32" fill="#1f5a41"/></svg>'
)


def picture(kind: str = "JPEG", width: int = 1200, height: int = 800, mode: str = "RGB", **more: Any) -> bytes:
    """Red on the left, blue on the right, so that a cut or a turn can be seen."""
    image = Image.new(mode, (width, height), (200, 30, 30, 255)[: len(mode)])
    image.paste((30, 30, 200, 255)[: len(mode)], (width // 2, 0, width, height))
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def photo_of_a_phone() -> bytes:
    """It lies on its side, and says where it was taken and by which camera."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", 1200, 800, exif=exif, comment=b"taken at home")


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))
