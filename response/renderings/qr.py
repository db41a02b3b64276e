"""A QR code (ISO/IEC 18004) as a picture."""

from functools import lru_cache
from io import BytesIO

import segno

BORDER = 4
"""Modules of quiet zone, as the standard asks."""


@lru_cache(maxsize=64)
def qr_png(content: str, module: int = 8) -> bytes:
    """Error correction M: fifteen percent of it may be torn off. module: pixels."""
    held = BytesIO()
    segno.make(content, error="m", micro=False).save(held, kind="png", scale=module, border=BORDER)
    return held.getvalue()
