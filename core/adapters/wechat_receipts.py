"""What WeChat says of template messages it took: TEMPLATESENDJOBFINISH events in plain mode (明文模式)."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core.model.message import Fate, Heard

OLDEST_S = 300


class WechatReceipts:
    """`core.ports.notifier.Receipts`. token_file: the token (令牌) that stands in the account's server
    configuration; every request is signed with it."""

    thanks = "success"

    def __init__(self, token_file: Path, wall_s: Callable[[], float] = time.time) -> None:
        self._token_file, self._wall_s = token_file, wall_s

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return query.get("echostr", "") if self._is_theirs(query) else None

    def heard(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> list[Heard] | None:
        if not self._is_theirs(query):
            return None
        text = body.decode(errors="replace")
        if _element(text, "Event") != "TEMPLATESENDJOBFINISH":
            return []
        receipt, status = _element(text, "MsgID"), _element(text, "Status")
        fate = Fate.DELIVERED if status == "success" else Fate.FAILED
        return [Heard(receipt, fate, status)] if receipt else []

    def _is_theirs(self, query: Mapping[str, str]) -> bool:
        """SHA-1 over the sorted token, timestamp and nonce, as WeChat signs."""
        try:
            token = self._token_file.read_text().strip()
        except (OSError, ValueError):
            return False
        at, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not token or not re.fullmatch(r"[0-9]{1,12}", at) or abs(self._wall_s() - int(at)) > OLDEST_S:
            return False
        signed = hashlib.sha1("".join(sorted((token, at, nonce))).encode(), usedforsecurity=False).hexdigest()
        return hmac.compare_digest(signed.encode(), query.get("signature", "").encode())


def _element(xml: str, name: str) -> str:
    """Of WeChat's flat documents, without a parser that expands what a stranger wrote."""
    pattern = rf"<{name}>\s*(?:<!\[CDATA\[(.{{0,256}}?)\]\]>|([^<]{{0,256}}))\s*</{name}>"
    at = re.search(pattern, xml, re.DOTALL)
    return (at[1] or at[2] or "").strip() if at else ""
