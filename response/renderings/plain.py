"""Plain language (ON-29): short sentences in Chinese, easy ones in English.

What is listed is no sentence: `路段：人民路12–48号、中山路` counts up to its colon. Times are left out.
"""

import re

MOST_ZH = 40
LEAST_FLESCH = 60.0
_SENTENCE_ZH = re.compile(r"[。！？；\n]+")
_SENTENCE_EN = re.compile(r"[.!?;:\n]+(?:\s|$)")
_ADDRESS = re.compile(r"https?://\S+")
_TIME = re.compile(r"\d{1,2}月\d{1,2}日(?:\(周.\))?(?:\d{2}:\d{2})?|\d{2}:\d{2}")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_VOWELS = re.compile(r"[aeiouy]+")


def long_sentences(zh: str, names: tuple[str, ...] = ()) -> list[str]:
    """The sentences of more than MOST_ZH characters, proper names, times and addresses of pages left out."""
    for name in names:
        zh = zh.replace(name, "")
    found = []
    for sentence in _SENTENCE_ZH.split(_TIME.sub("", _ADDRESS.sub("", zh))):
        said = sentence.split("：")[0] if "、" in sentence.partition("：")[2] else sentence
        if len(said.strip()) > MOST_ZH:
            found.append(sentence.strip())
    return found


def flesch(en: str, names: tuple[str, ...] = ()) -> float:
    """Flesch reading ease (1948): 206.835 - 1.015 words a sentence - 84.6 syllables a word. Proper names are
    left out. 100 for a text without words."""
    for name in names:
        en = en.replace(name, "")
    en = _ADDRESS.sub("", en)
    sentences = [s for s in _SENTENCE_EN.split(en) if _WORD.search(s)]
    words = _WORD.findall(en)
    if not words:
        return 100.0
    syllables = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables / len(words)


def _syllables(word: str) -> int:
    word = word.lower()
    n = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and n > 1:
        n -= 1
    return max(n, 1)
