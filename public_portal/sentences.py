"""A message somebody received, sentence by sentence, against everything a notice said.

Compared by fingerprint, so that spaces, full width and capitals do not matter and every other character
does: an altered time is another sentence.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

SHORTEST = 4
"""Characters; what is shorter (`您好`) says nothing by itself."""
_ENDS = re.compile(r"[。！？；;\n\r]+|[.!?]+(?=\s|$)")
_SIGNATURE = re.compile(r"^\s*(?:【[^】]{1,30}】|\[[^\]]{1,30}\])")
_IGNORED = re.compile(r"[\s\u200b\ufeff]+")


def sentences(text: str) -> list[str]:
    """As written; the sender's signature at the beginning is left out."""
    found = [part.strip() for part in _ENDS.split(_SIGNATURE.sub("", text))]
    return [sentence for sentence in found if len(_bare(sentence)) >= SHORTEST]


def fingerprint(sentence: str) -> str:
    """Sixteen hexadecimal digits."""
    return hashlib.sha256(_bare(sentence).encode()).hexdigest()[:16]


def fingerprints(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({fingerprint(sentence) for text in texts for sentence in sentences(text)}))


def _bare(sentence: str) -> str:
    plain = unicodedata.normalize("NFKC", sentence).casefold()
    return _IGNORED.sub("", plain).strip(",.:;，。：；")
