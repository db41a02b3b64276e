"""An A4 poster for the door of a building: PDF, what matters in 24 pt and more, a QR code to the page. What
to do is never cut.

The font is one the machine has (`face`: a TrueType file with Chinese in it, embedded as far as it is used).
Without one the Adobe song typeface that every reader of PDF brings along is named, and nothing embedded.
"""

from io import BytesIO
from pathlib import Path

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from core.model.bulletin import Bulletin, Change, Status
from core.model.notice import HEALTH_KINDS, QUALITY_KINDS
from core.model.street_line import by_street
from core.model.text import Lang, Text
from response.notices.templates import FOUND, HOLDS
from response.renderings import back as restoration
from response.renderings.facts import Fact, all_of, called_off, lasting, mark, name, what
from response.renderings.places import weak_beside
from response.renderings.poster_lines import listed, wrapped
from response.renderings.poster_plan import COLUMN, LABEL, MAIN, Block, planned
from response.renderings.qr import qr_png
from response.sentences import part

MEDIA = "application/pdf"
BUILT_IN, LATIN = "STSong-Light", "Helvetica-Bold"
WIDTH, HEIGHT = A4
MARGIN = 42.0
BIG, BIG_LATIN = (54.0, 44.0, 34.0, 26.0), (44.0, 36.0, 28.0, 24.0)
SMALL = LABEL
CODE = 150.0
"""Side of the QR code, pt (5.3 cm: read from two metres)."""
FOOT, STRIP = MARGIN + CODE + 20, 52.0
"""Heights of what stands at the bottom of each page, and at the top of a further one."""
_TIMES = frozenset({"starts", "expected", "next_update"})
_LISTS = frozenset({"area", "streets", "institutions", "reason", "points"})
_SHOWN = (
    *("water", "starts", "moved", "expected", "next_update", "area", "streets", "institutions"),
    *("details", "reason", "points"),
)
_INK, _QUIET, _LINE = HexColor("#14213d"), HexColor("#46536b"), HexColor("#c5cedb")
_BAND = {
    "alert": HexColor("#a3160f"),
    "plan": HexColor("#0b4f8a"),
    "over": HexColor("#156b3a"),
    "none": HexColor("#46536b"),
}
"""over: green, of what is truly over alone. none: nothing that holds: an exercise, or a notice withdrawn."""
DRAFT = Text("草稿，未发布", "Draft, not published")
_AUTHORITY = Text("以网页为准，请扫码查看最新情况", "The page is authoritative: scan for the latest")


_DETAILS = Text("情况说明", "What has happened")
"""Of advice about health the finding, its effects, who is at risk, what is done, what to use instead and who
else helps (40 CFR 141.205), as the notice words them: the poster may be all that somebody reads."""


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


def poster(b: Bulletin, lang: Lang, font: Path | None = None, *, draft: bool = False) -> bytes:
    """One page where it can be, with smaller type a full one, else two: each with the code, the number and
    the telephone, so that no page hangs alone without them. draft: head and foot say that it is
    not published."""
    held = BytesIO()
    drawn = Canvas(held, pagesize=A4, invariant=1)
    drawn.setTitle(f"{b.number} v{b.version}")
    drawn.setAuthor(b.utility.in_(lang))
    drawn.setSubject(_matter(b).in_(lang))
    _Sheet(drawn, face(font), b, lang, draft=draft).draw()
    drawn.save()
    return held.getvalue()


class _Sheet:
    """One page after the other; `y` is where the next line goes, pt from the bottom."""

    def __init__(self, canvas: Canvas, font: str, b: Bulletin, lang: Lang, *, draft: bool) -> None:
        self._c, self._font, self._b, self._lang = canvas, font, b, lang
        self._draft = DRAFT.in_(lang) if draft else ""
        self._y = HEIGHT

    def _face(self, text: str) -> str:
        """The built-in song typeface has narrow Latin letters: plain English is set in Helvetica."""
        latin = self._lang == "en" and self._font == BUILT_IN and text.encode("cp1252", "ignore")
        return LATIN if latin and latin.decode("cp1252") == text else self._font

    def _wrap(self, text: str, size: float) -> list[str]:
        return wrapped(text, self._face(text), size, WIDTH - 2 * MARGIN)

    def _lines(self, block: Block, size: float) -> list[str]:
        broken = listed if block.list else wrapped
        return broken(block.words, self._face(block.words), size, WIDTH - 2 * MARGIN)

    def _fits(self, label: str, text: str, size: float) -> bool:
        room = WIDTH - 2 * MARGIN - COLUMN
        return (
            stringWidth(label, self._face(label), LABEL) <= COLUMN - 8
            and stringWidth(text, self._face(text), size) <= room
        )

    def draw(self) -> None:
        matter, size = self._matter()
        first = HEIGHT - self._band_height(len(matter), size) - 10 - FOOT
        pages = planned(
            _blocks(self._b, self._lang), self._lines, self._fits, first, HEIGHT - STRIP - 10 - FOOT
        )
        for n, page in enumerate(pages, 1):
            if n == 1:
                self._band(matter, size)
            else:
                self._strip()
            for line in page:
                if line.label:
                    self._line(line.label, LABEL, _QUIET, line.step)
                    self._y += line.step
                indent = COLUMN if line.label else 0.0
                self._line(line.text, line.size, _QUIET if line.quiet else _INK, line.step, indent)
            self._foot(n, len(pages))
            self._c.showPage()

    def _matter(self) -> tuple[list[str], float]:
        """In the largest letters of which two lines hold it."""
        word = f"{mark(self._b).in_(self._lang)}{_matter(self._b).in_(self._lang)}"
        for size in BIG if self._lang == "zh" else BIG_LATIN:
            if len(lines := self._wrap(word, size)) <= 2:
                break
        return lines, size

    def _band(self, lines: list[str], big: float) -> None:
        """The matter in white on a colour, and the utility under it."""
        high = self._band_height(len(lines), big)
        self._c.setFillColor(_colour(self._b))
        self._c.rect(0, HEIGHT - high, WIDTH, high, stroke=0, fill=1)
        self._y = HEIGHT - 24
        if self._draft:
            self._line(self._draft, MAIN, white, MAIN * 1.3)
        for line in lines:
            self._line(line, big, white, big * 1.15)
        self._line(self._b.utility.in_(self._lang), MAIN, white, MAIN * 1.3)
        self._y = HEIGHT - high - 10

    def _band_height(self, lines: int, size: float) -> float:
        return 34 + lines * size * 1.15 + 40 + (MAIN * 1.3 if self._draft else 0)

    def _strip(self) -> None:
        """The matter again, on a further page."""
        self._c.setFillColor(_colour(self._b))
        self._c.rect(0, HEIGHT - STRIP, WIDTH, STRIP, stroke=0, fill=1)
        self._y = HEIGHT - 10
        word = f"{self._draft}{' · ' if self._draft else ''}{_matter(self._b).in_(self._lang)}"
        self._line(self._wrap(word, MAIN)[0], MAIN, white, MAIN * 1.3)
        self._y = HEIGHT - STRIP - 10

    def _foot(self, page: int, pages: int) -> None:
        """QR code, telephone, number, and address."""
        b, c = self._b, self._c
        c.drawImage(ImageReader(BytesIO(qr_png(b.url))), WIDTH - MARGIN - CODE, MARGIN, CODE, CODE)
        c.setStrokeColor(_LINE)
        c.line(MARGIN, MARGIN + CODE + 10, WIDTH - MARGIN, MARGIN + CODE + 10)
        self._y = MARGIN + CODE
        facts = {fact.name: fact for fact in all_of(b)}
        width = WIDTH - 2 * MARGIN - CODE - 16
        self._line(facts["hotline"].label.in_(self._lang), SMALL, _QUIET, SMALL * 1.5)
        self._line(b.hotline, MAIN * 1.3, _INK, MAIN * 1.6)
        page_is = _AUTHORITY.in_(self._lang)
        for line in wrapped(page_is, self._face(page_is), SMALL, width)[:2]:
            self._line(line, SMALL, _INK, SMALL * 1.6)
        said = [
            f"{facts[own].label.in_(self._lang)} {facts[own].value.in_(self._lang)}"
            for own in ("number", "published")
        ]
        for words in [said[0], self._draft] if self._draft else said:
            self._line(words, SMALL, _INK if words == self._draft else _QUIET, SMALL * 1.5)
        for line in wrapped(b.url, self._face(b.url), SMALL, width):
            self._line(line, SMALL, _QUIET, SMALL * 1.5)
        if pages > 1:
            of = f"第{page}页，共{pages}页" if self._lang == "zh" else f"Page {page} of {pages}"
            self._line(of, SMALL, _INK, SMALL * 1.5)

    def _line(self, text: str, size: float, colour: Color, step: float, indent: float = 0.0) -> None:
        self._y -= step
        self._c.setFillColor(colour)
        self._c.setFont(self._face(text), size)
        self._c.drawString(MARGIN + indent, self._y + step * 0.2, text)


def _blocks(b: Bulletin, lang: Lang) -> list[Block]:
    """In the order in which people ask for them; of advice about health, what to do before all else."""
    facts = {fact.name: fact for fact in all_of(b)}
    if b.kind in HEALTH_KINDS:
        facts["details"] = Fact("details", _DETAILS, itemised(b.description))
        if part(b.reason).zh in b.description.zh:
            del facts["reason"]
    shown = [facts[name] for name in _SHOWN if name in facts]
    advice = Fact("advice", Text("您可以这样做", "What to do"), b.instruction)
    times = [fact for fact in shown if fact.name in _TIMES]
    rest = [fact for fact in shown if fact.name not in _TIMES]
    first = [advice, *times] if b.kind in HEALTH_KINDS else [*times, advice]
    return [_block(fact, lang, _in_all(b, lang)) for fact in (*first, *rest)]


def _in_all(b: Bulletin, lang: Lang) -> str:
    weak, lines = weak_beside(b), by_street(lasting(b))
    n = sum(not (weak and line.weak) for line in lines)
    if lang == "zh":
        return f"以上未列全，共{n}条道路{f'，{weak.zh}' if weak else ''}"
    return f"Not all are listed: {n} street{'s' if n > 1 else ''} in all{f'; {weak.en}' if weak else ''}"


def itemised(said: Text) -> Text:
    """Each element of advice about health on a line of its own, for whoever stands before it."""
    return Text(_items(said.zh, "zh"), _items(said.en, "en"))


def _items(words: str, lang: Lang) -> str:
    """Led in by the words that the hub itself puts before each; what a person wrote whole stays whole. From
    when and where it holds stands on the sheet by itself."""
    done = 0
    for _, lead in FOUND:
        at = words.find(lead.in_(lang), done)
        if at > 0:
            before = words[:at].rstrip()
            lone = before.startswith(HOLDS.in_(lang)) and not any(end in before[:-1] for end in ("。", ". "))
            head = "" if lone else f"{before}\n"
            words, done = f"{head}· {words[at:]}", len(head) + 2
    return words


def _block(fact: Fact, lang: Lang, in_all: str) -> Block:
    label = fact.label.in_(lang)
    return Block(
        label=label,
        again=f"{label}（续）" if lang == "zh" else f"{label} (continued)",
        words=fact.value.in_(lang),
        large=fact.name in _TIMES,
        advice=fact.name == "advice",
        list=fact.name in _LISTS,
        of=in_all if fact.name == "streets" else "",
    )


def _matter(b: Bulletin) -> Text:
    if b.change is Change.RESTORED:
        lifted = Text(f"{what(b).zh}已解除", f"{what(b).en} lifted")
        return lifted if b.kind in QUALITY_KINDS else restoration.of(b).now
    if b.change is Change.CANCELLED:
        off = f"Called off: {name(b).en}" if b.planned else "Notice withdrawn"
        return Text(called_off(b).zh, off)
    return what(b)


def _colour(b: Bulletin) -> Color:
    if b.status is not Status.ACTUAL or b.change is Change.CANCELLED:
        return _BAND["none"]
    if b.over:
        return _BAND["over"]
    return _BAND["plan"] if b.planned else _BAND["alert"]
