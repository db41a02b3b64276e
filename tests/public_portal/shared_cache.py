"""A shared cache in front of a server, as RFC 9111 and RFC 5861 let it be: it keeps as long as it may."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx


@dataclass(slots=True)
class _Kept:
    answer: httpx.Response
    at_s: float


class SharedCache:
    """now_s: the cache's clock. Of what may be given stale while it asks again, it gives the stale answer and
    then asks; of what may be given stale when the server fails, that. `Vary` is not heeded: one reader."""

    def __init__(self, origin: Callable[[str, dict[str, str]], httpx.Response], now_s: Callable[[], float]):
        self._origin, self._now_s = origin, now_s
        self._kept: dict[str, _Kept] = {}
        self.asked = 0

    def get(self, path: str) -> httpx.Response:
        kept = self._kept.get(path)
        if kept is None:
            return self._ask(path)
        rules = _rules(kept.answer)
        age_s = self._now_s() - kept.at_s
        fresh_s = rules.get("s-maxage", rules.get("max-age", 0.0))
        if age_s < fresh_s:
            return kept.answer
        if age_s < fresh_s + rules.get("stale-while-revalidate", 0.0):
            self._ask(path, kept)
            return kept.answer
        try:
            return self._ask(path, kept)
        except httpx.TransportError:
            if age_s < fresh_s + rules.get("stale-if-error", 0.0):
                return kept.answer
            raise

    def _ask(self, path: str, kept: _Kept | None = None) -> httpx.Response:
        self.asked += 1
        known = {"if-none-match": kept.answer.headers["etag"]} if kept else {}
        answer = self._origin(path, known)
        if answer.status_code == 304 and kept is not None:
            self._kept[path] = _Kept(kept.answer, self._now_s())
            return kept.answer
        if answer.status_code == 200 and "no-store" not in answer.headers["cache-control"]:
            self._kept[path] = _Kept(answer, self._now_s())
        return answer


def _rules(answer: httpx.Response) -> dict[str, float]:
    parts = (part.strip().partition("=") for part in answer.headers["cache-control"].split(","))
    return {name: float(value) for name, _, value in parts if value}
