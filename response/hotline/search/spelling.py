"""One spelling for all: half width, simplified characters, Arabic numerals; and how names are typed."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, cached_property

_CJK = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_COUNTED = r"(?:号楼|号院|号|弄|支弄|栋|幢|座|单元|门|室|房|户|层|楼)(?![路街巷道桥村里])"
_NUMERAL = re.compile(rf"(?<!第)([零〇一二两三四五六七八九十百]+)(?={_COUNTED})")
_RUN = re.compile(r"[零〇一二三四五六七八九]{2,}")
_ONE = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]")
_SAME = str.maketrans(
    {"﹟": "#", "№": "#", "—": "-", "–": "-", "－": "-", "~": "-", "〜": "-", "_": "-", "臺": "台"}
)


class Spelling:
    """The tables of OpenCC (t2s) and pypinyin: 0.4 s of CPU and 75 MB, so read once, and when needed."""

    def read(self) -> None:
        """Both tables, in a thread of whoever must not wait for them later."""
        self._table, self._pinyin  # noqa: B018

    @cached_property
    def _table(self) -> dict[int, str]:
        from opencc import OpenCC  # noqa: PLC0415

        letters = [chr(code) for first, end in _CJK for code in range(first, end)]
        simple = OpenCC("t2s").convert("\n".join(letters)).split("\n")
        return {ord(a): b for a, b in zip(letters, simple, strict=True) if a != b} | _SAME

    @cached_property
    def _pinyin(self) -> Callable[[str], list[str]]:
        from pypinyin import lazy_pinyin  # noqa: PLC0415

        said: Callable[[str], list[str]] = lazy_pinyin
        return said

    @cached_property
    def _readings(self) -> Callable[[str], tuple[str, ...]]:
        from pypinyin import Style, pinyin  # noqa: PLC0415

        @cache
        def known(one: str) -> tuple[str, ...]:
            (said,) = pinyin(one, style=Style.NORMAL, heteronym=True)
            return tuple(dict.fromkeys(filter(None, map(_letters, said))))

        return known

    def plain(self, text: str) -> str:
        """NFKC, small letters, simplified characters, `十二号` as `12号`. Spaces stay."""
        half = unicodedata.normalize("NFKC", text).casefold().translate(self._table)
        return _NUMERAL.sub(lambda found: _arabic(found[1]), half)

    def typed(self, name: str) -> tuple[str, str]:
        """Pinyin without tones and spaces, and initials: `renminlu`, `rml`."""
        words = [_letters(word) for word in self._pinyin(name)]
        return "".join(words), "".join(word[:1] for word in words)

    def readings(self, name: str) -> tuple[tuple[str, ...], ...]:
        """Of each character, or run of letters or figures, all that it may be read as: 朝 as chao, zhao."""
        known = map(self._readings, _ONE.findall(name.casefold()))
        return tuple(said for said in known if said)


def _letters(pinyin: str) -> str:
    return re.sub(r"[^a-z0-9]", "", pinyin.lower().replace("ü", "v"))


def _arabic(numeral: str) -> str:
    """十二 as 12, 三百零五 as 305, 三〇一 as 301."""
    if _RUN.fullmatch(numeral):
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit = 0, 0
    for c in numeral:
        if c == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif c == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            digit = _DIGITS[c]
    return str(total + digit)
