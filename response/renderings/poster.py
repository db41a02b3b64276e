"""An A4 poster for the door of a building: PDF, what matters in 24 pt and more, a QR code to the page.

The font is one the machine has (`face`: a TrueType file with Chinese in it, embedded as far as it is used).
Without one the Adobe song typeface that every reader of PDF brings along is named, and nothing embedded.
"""

from io import BytesIO
from pathlib import Path

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from core.model.bulletin import Bulletin, Change, Status
from core.model.notice import LAB_KINDS
from core.model.text import Lang, Text
from response.renderings.facts import Fact, all_of, called_off, mark, what
from response.renderings.poster_lines import whole_items, wrapped
from response.renderings.qr import qr_png

MEDIA = "application/pdf"
BUILT_IN, LATIN = "STSong-Light", "Helvetica-Bold"
WIDTH, HEIGHT = A4
MARGIN = 42.0
BIG, MAIN, SMALL = 54.0, 24.0, 13.0
BIG_LATIN = 44.0
CODE = 150.0
"""Side of the QR code, pt (5.3 cm: read from two metres)."""
_SHOWN = ("starts", "expected", "next_update", "area", "streets", "institutions", "reason", "points")
_INK, _QUIET, _LINE = HexColor("#14213d"), HexColor("#46536b"), HexColor("#c5cedb")
_BAND = {"alert": HexColor("#a3160f"), "plan": HexColor("#0b4f8a"), "over": HexColor("#156b3a")}
_AUTHORITY = Text("以网页为准，请扫码查看最新情况", "The page is authoritative: scan for the latest")


class FontUnfit(ValueError):
    """The configured file is no TrueType font, or has no Chinese in it."""


def face(file: Path | None) -> str:
    """The name of the font to draw with; registers it on first use. Raises FontUnfit."""
    name = BUILT_IN if file is None else f"poster:{file}"
    if name in getRegisteredFontNames():
        return name
    if file is None:
        registerFont(UnicodeCIDFont(BUILT_IN))
        return name
    try:
        font = TTFont(name, str(file))
    except (TTFError, OSError) as error:
        raise FontUnfit(f"{file}: {error}") from error
    if ord("水") not in font.face.charToGlyph:
        raise FontUnfit(f"{file} has no Chinese in it")
    registerFont(font)
    return name


def poster(b: Bulletin, lang: Lang, font: Path | None = None) -> bytes:
    """One page, whatever the length: the streets give way first, and the page has them all."""
    held = BytesIO()
    drawn = Canvas(held, pagesize=A4, invariant=1)
    title = f"{b.number} v{b.version}"
    drawn.setTitle(title)
    drawn.setAuthor(b.utility.in_(lang))
    drawn.setSubject(what(b).in_(lang))
    _Sheet(drawn, face(font), b, lang).draw()
    drawn.showPage()
    drawn.save()
    return held.getvalue()


class _Sheet:
    """One page; `y` is where the next line goes, pt from the bottom."""

    def __init__(self, canvas: Canvas, font: str, b: Bulletin, lang: Lang) -> None:
        self._c, self._font, self._b, self._lang = canvas, font, b, lang
        self._y = HEIGHT

    def _face(self, text: str) -> str:
        """The built-in song typeface has narrow Latin letters: plain English is set in Helvetica."""
        latin = self._lang == "en" and self._font == BUILT_IN and text.encode("cp1252", "ignore")
        return LATIN if latin and latin.decode("cp1252") == text else self._font

    def draw(self) -> None:
        self._band()
        foot = self._foot()
        facts = {fact.name: fact for fact in all_of(self._b)}
        shown = [facts[name] for name in _SHOWN if name in facts]
        advice = Fact("advice", Text("您可以这样做", "What to do"), self._b.instruction)
        for fact in [*shown[:3], advice, *shown[3:]]:
            self._fact(fact, foot)

    def _band(self) -> None:
        """The matter in white on a colour, and the place under it."""
        b = self._b
        word = f"{mark(b).in_(self._lang)}{_matter(b).in_(self._lang)}"
        big = BIG if self._lang == "zh" else BIG_LATIN
        lines = wrapped(word, self._face(word), big, WIDTH - 2 * MARGIN)[:2]
        high = 34 + len(lines) * big * 1.15 + 40
        self._c.setFillColor(_colour(b))
        self._c.rect(0, HEIGHT - high, WIDTH, high, stroke=0, fill=1)
        self._y = HEIGHT - 24
        for line in lines:
            self._line(line, big, white, big * 1.15)
        self._line(b.utility.in_(self._lang), MAIN, white, MAIN * 1.3)
        self._y = HEIGHT - high - 10

    def _fact(self, fact: Fact, foot: float) -> None:
        """A quiet label and the fact in MAIN; what has no room is left to the page, said by `…`."""
        room = int((self._y - foot - SMALL * 1.5 - 5) // (MAIN * 1.25))
        if room < 1:
            return
        self._line(fact.label.in_(self._lang), SMALL, _QUIET, SMALL * 1.5)
        words = fact.value.in_(self._lang)
        lines = wrapped(words, self._face(words), MAIN, WIDTH - 2 * MARGIN)
        most = min(room, _lines(fact, over=self._b.over))
        if len(lines) > most:
            lines = whole_items(lines[:most])
        for line in lines:
            self._line(line, MAIN, _INK, MAIN * 1.25)
        self._y -= 5

    def _foot(self) -> float:
        """QR code, number and address; the height that is taken."""
        b, c = self._b, self._c
        c.drawImage(ImageReader(BytesIO(qr_png(b.url))), WIDTH - MARGIN - CODE, MARGIN, CODE, CODE)
        c.setStrokeColor(_LINE)
        c.line(MARGIN, MARGIN + CODE + 10, WIDTH - MARGIN, MARGIN + CODE + 10)
        kept, self._y = self._y, MARGIN + CODE
        facts = {fact.name: fact for fact in all_of(b)}
        width = WIDTH - 2 * MARGIN - CODE - 16
        self._line(facts["hotline"].label.in_(self._lang), SMALL, _QUIET, SMALL * 1.5)
        self._line(b.hotline, MAIN * 1.3, _INK, MAIN * 1.6)
        said = _AUTHORITY.in_(self._lang)
        for line in wrapped(said, self._face(said), SMALL, width)[:2]:
            self._line(line, SMALL, _INK, SMALL * 1.6)
        for name in ("number", "published"):
            words = f"{facts[name].label.in_(self._lang)} {facts[name].value.in_(self._lang)}"
            self._line(words, SMALL, _QUIET, SMALL * 1.5)
        for line in wrapped(b.url, self._face(b.url), SMALL, width):
            self._line(line, SMALL, _QUIET, SMALL * 1.5)
        self._y = kept
        return MARGIN + CODE + 20

    def _line(self, text: str, size: float, colour: Color, step: float) -> None:
        self._y -= step
        self._c.setFillColor(colour)
        self._c.setFont(self._face(text), size)
        self._c.drawString(MARGIN, self._y + step * 0.2, text)


def _lines(fact: Fact, *, over: bool) -> int:
    """So many of a fact at most; how to use water again is said whole once it is over."""
    if fact.name == "advice" and over:
        return 6
    return 3 if fact.name in ("streets", "points", "advice") else 2


def _matter(b: Bulletin) -> Text:
    if b.change is Change.RESTORED:
        return Text("已解除", "Lifted") if b.kind in LAB_KINDS else Text("已恢复供水", "Water is back")
    if b.change is Change.CANCELLED:
        matter = what(b).en
        off = f"Called off: {matter[0].lower()}{matter[1:]}" if b.planned else "Notice withdrawn"
        return Text(called_off(b).zh, off)
    return what(b)


def _colour(b: Bulletin) -> Color:
    if b.over or b.status is not Status.ACTUAL:
        return _BAND["over"]
    return _BAND["plan"] if b.planned else _BAND["alert"]
