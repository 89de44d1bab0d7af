"""Tiny picture files."""

import io

from PIL import Image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def jpeg(color: tuple[int, int, int], width: int = 24, height: int = 16) -> bytes:
    """A JPEG file of one color."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), color).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()
