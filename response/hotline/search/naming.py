"""Which streets, communities and landmarks a caller's words may mean, and how surely."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.model.address import PlaceName
from response.hotline.search.sounding import BEGINS, PART, PINYIN, Sounds
from response.hotline.search.spelling import Spelling

EXACT, CONTAINED, SOUNDS, NEAR = 100, 92, 75, 55
"""How sure: the same; the name within what was said; other characters that sound the same; one letter or
character away. Between them what is typed in pinyin (`sounding`)."""
MOST = 12
_NEAR_RATIO = 0.74


@dataclass(frozen=True, slots=True)
class Named:
    id: int
    score: float


class Names:
    """All names of a directory, held in memory: tens of thousands at a million accounts."""

    def __init__(self, names: Sequence[PlaceName], spelling: Spelling) -> None:
        self._spelling = spelling
        self._all = [(n.id, n.text, n.pinyin, n.aliases) for n in names]
        self._sounds = Sounds(names, spelling)
        self._by_text: dict[str, list[int]] = {}
        self._by_alias: dict[str, list[int]] = {}
        for id, text, _, aliases in self._all:
            self._by_text.setdefault(text, []).append(id)
            for alias in aliases:
                self._by_alias.setdefault(alias, []).append(id)

    def meant(self, said: Iterable[str]) -> list[Named]:
        """The likeliest first; of several words each name counts by the word that fits it best, and the names
        that more of the words mean come first."""
        found: dict[int, float] = {}
        for word in said:
            for id, score in self._of(word).items():
                found[id] = max(score, found.get(id, 0.0)) + (1.0 if id in found else 0.0)
        ranked = sorted(found.items(), key=lambda item: -item[1])[:MOST]
        if ranked and ranked[0][1] >= CONTAINED:
            ranked = [item for item in ranked if item[1] >= PINYIN or item[1] >= ranked[0][1] - 20]
        return [Named(id, score) for id, score in ranked]

    def _of(self, word: str) -> dict[int, float]:
        exact = dict.fromkeys(self._by_text.get(word, ()), float(EXACT))
        if exact:
            return exact | {k: v for k, v in self._pieces(word).items() if k not in exact}
        return self._latin(word) if word.isascii() else self._chinese(word)

    def _latin(self, word: str) -> dict[int, float]:
        fits = self._sounds.fits(word)
        found = {id: fit.score for id, fit in fits.items() if fit.all}
        found |= dict.fromkeys(self._by_alias.get(word, ()), PINYIN)
        if found or len(word) < 2:
            return found
        found = {id: fit.score for id, fit in fits.items()}
        for id, _, pinyin, aliases in self._all:
            if id in found:
                continue
            typed = (pinyin, *aliases)
            if any(alias.startswith(word) for alias in aliases):
                found[id] = BEGINS - 0.1 * len(pinyin)
            elif len(word) >= 4 and any(word in t or (len(t) >= 5 and t in word) for t in typed):
                found[id] = PART - 0.1 * len(pinyin)
        return found or self._near(word, latin=True)

    def _chinese(self, word: str) -> dict[int, float]:
        found = self._pieces(word)
        if found and max(found.values()) >= CONTAINED:
            return found
        pinyin, _ = self._spelling.typed(word)
        for id in self._sounds.alike(pinyin):
            found[id] = float(SOUNDS)
        if not found:
            for id, text, sound, _ in self._all:
                if len(text) > 2 and len(sound) > 5 and sound in pinyin:
                    found[id] = SOUNDS - 5.0
        return found or self._near(word, latin=False)

    def _pieces(self, word: str) -> dict[int, float]:
        """A name within what was said counts for more the longer it is and the later it stands there; what
        was said within a name, the more of it it is."""
        found: dict[int, float] = {}
        for id, text, _, _ in self._all:
            if len(text) >= 2 and text in word:
                found[id] = CONTAINED + min(6.0, len(text) * 0.5 + word.rfind(text) * 0.1)
            elif len(word) >= 2 and word in text:
                start = BEGINS if text.startswith(word) else PART
                found[id] = start + 5.0 * len(word) / len(text)
        return found

    def _near(self, word: str, latin: bool) -> dict[int, float]:
        """A slip of the finger or the ear."""
        found: dict[int, float] = {}
        sound = word if latin else self._spelling.typed(word)[0]
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(sound)
        for id, _, pinyin, _ in self._all:
            if abs(len(pinyin) - len(sound)) > 3:
                continue
            matcher.set_seq1(pinyin)
            if matcher.real_quick_ratio() > _NEAR_RATIO and matcher.quick_ratio() > _NEAR_RATIO:
                ratio = matcher.ratio()
                if ratio > _NEAR_RATIO:
                    found[id] = NEAR * ratio
        return found
