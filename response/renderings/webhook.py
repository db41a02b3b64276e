"""A notice for other programs: one JSON body a version, with a MAC over its time and itself (ON-33).

The header is the one of the hub's other webhooks: `t=<unix s>,v1=<HMAC-SHA256 hex>` over `<t>.` and the
body. A receiver refuses a time more than SKEW_S away and an `id` it has seen already.
"""

import hashlib
import hmac

from core.model.bulletin import Bulletin
from response.renderings.facts import all_of
from response.renderings.headline import headline
from response.renderings.statement import canonical, facts_of

SIGNATURE = "X-Waterhub-Signature"
SKEW_S = 300


def body(b: Bulletin) -> bytes:
    """id: of this version, the same however often it is sent. words: the facts as people read them."""
    title = headline(b)
    words = {fact.name: {"zh": fact.value.zh, "en": fact.value.en} for fact in all_of(b)}
    return canonical(
        {
            "id": b.identifier,
            "type": f"notice.{b.change.value}",
            "headline": {"zh": title.zh, "en": title.en},
            "overdue": b.overdue,
            "notice": facts_of(b),
            "words": words,
        }
    )


def signed(content: bytes, secret: bytes, at_s: int) -> str:
    """The value of SIGNATURE for a body sent at this unix time."""
    mac = hmac.new(secret, f"{at_s}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={mac}"


def holds(content: bytes, given: str, secret: bytes, now_s: int) -> bool:
    """Whether a received signature is ours and fresh; for receivers and tests."""
    parts = dict(part.partition("=")[::2] for part in given.split(","))
    stamp = parts.get("t", "")
    if not stamp.isdecimal() or abs(now_s - int(stamp)) > SKEW_S:
        return False
    return hmac.compare_digest(signed(content, secret, int(stamp)), f"t={stamp},v1={parts.get('v1', '')}")
