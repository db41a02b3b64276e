"""What an agent needs when every screen is dark: the notices in force, what to say, questions, and forms to
fill in by hand, as one PDF. Published facts alone; nobody is named (E2E-6)."""

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from core.model.notice import Notice
from core.model.plant import Utility
from core.model.report import Symptom
from core.model.shanghai import moment
from core.model.street_line import by_street
from core.model.text import Text, listed
from response.hotline.triage import TREE
from response.notices.overdue import late, passed
from response.renderings.poster import face
from response.wording import estimate

FORMS = 6
"""On the last page."""
_INK, _LINE = HexColor("#14213d"), HexColor("#8794a8")
_SYMPTOMS = {
    Symptom.NO_WATER: Text("无水", "none"),
    Symptom.LOW_PRESSURE: Text("水压低", "low"),
    Symptom.BURST_VISIBLE: Text("爆管", "burst"),
    Symptom.WET_GROUND: Text("冒水", "wet ground"),
    Symptom.DISCOLOURED_YELLOW: Text("水黄", "yellow"),
    Symptom.ODOUR: Text("异味", "smell"),
    Symptom.OTHER: Text("其他", "other"),
}


def paper_pack(utility: Utility, notices: Sequence[Notice], now_ns: int) -> bytes:
    """notices: those that are published now."""
    held, style = BytesIO(), _Styles()
    at = moment(now_ns)
    document = SimpleDocTemplate(
        held, pagesize=A4, leftMargin=40, rightMargin=40, topMargin=36, bottomMargin=36, invariant=1
    )
    document.title = f"{utility.name.zh} 热线纸质包 / hotline paper pack"
    story: list[Flowable] = [
        Paragraph(f"{utility.name.zh} 热线纸质包 Hotline paper pack", style.title),
        Paragraph(f"数据截至 {at.zh}，之后的变化请与调度核对。", style.body),
        Paragraph(f"As of {at.en}. Ask dispatch for anything later. Hotline {utility.hotline}.", style.body),
        Spacer(1, 8),
        Paragraph("当前公告 Notices in force", style.head),
    ]
    if not notices:
        story.append(Paragraph("没有在执行的公告。 None.", style.body))
    for notice in notices:
        story.append(KeepTogether(list(_notice(notice, style, now_ns))))
    story += [Paragraph("是不是户内问题？ Is it indoors?", style.head), _triage(style)]
    story += [PageBreak(), Paragraph("来电登记 Reports taken by hand", style.head)]
    story += [_form(style) for _ in range(FORMS)]
    document.build(story)
    return held.getvalue()


class _Styles:
    def __init__(self) -> None:
        font = face(None)
        self.title = ParagraphStyle("title", fontName=font, fontSize=17, leading=23, textColor=_INK)
        self.head = ParagraphStyle(
            "head", fontName=font, fontSize=13, leading=18, textColor=_INK, spaceBefore=8, spaceAfter=3
        )
        self.big = ParagraphStyle("big", fontName=font, fontSize=13, leading=18, textColor=_INK)
        self.body = ParagraphStyle("body", fontName=font, fontSize=10, leading=14, wordWrap="CJK")


def _notice(notice: Notice, style: _Styles, now_ns: int) -> Sequence[Flowable]:
    back = estimate(passed(notice, now_ns) or notice, late=late(notice, now_ns))
    # the body has the times that were promised when it was published
    said = notice.description or notice.body
    streets = listed(line.words for line in by_street(notice.streets))
    lines = [
        Paragraph(f"{notice.id} v{notice.version}　{_safe(notice.title.zh)}", style.head),
        Paragraph(f"何时来水：{back.zh}", style.big),
        Paragraph(f"Water back: {back.en}", style.body),
        Paragraph(_safe(said.zh), style.body),
        Paragraph(_safe(said.en), style.body),
    ]
    if notice.streets:
        lines.append(Paragraph(f"范围 Where：{_safe(streets.zh)} / {_safe(streets.en)}", style.body))
    if notice.advice.zh:
        lines.append(Paragraph(f"{_safe(notice.advice.zh)} {_safe(notice.advice.en)}", style.body))
    return lines


def _triage(style: _Styles) -> Table:
    number = {node.id: n for n, node in enumerate(TREE, 1)}
    rows = []
    for node in TREE:
        then = f"是 Yes → {number[node.yes]}　否 No → {number[node.no]}" if node.yes and node.no else ""
        words = Paragraph(f"{node.words.zh} {node.words.en}", style.body)
        rows.append([Paragraph(str(number[node.id]), style.body), words, Paragraph(then, style.body)])
    table = Table(rows, colWidths=[22, 350, 140])
    table.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return table


def _form(style: _Styles) -> Table:
    boxes = "　".join(f"□{text.zh} {text.en}" for text in _SYMPTOMS.values())
    rows = [
        [Paragraph("时间 Time：　　　　　　电话 Tel：　　　　　　　　　　坐席 Agent：", style.body)],
        [Paragraph("地址 Address：", style.body)],
        [Paragraph(boxes, style.body)],
        [
            Paragraph(
                "何时起 Since：　　　　□邻居也这样 Neighbours　□需通知 Notify　□夜间可 Night",
                style.body,
            )
        ],
        [Paragraph("说明 Notes：", style.body)],
    ]
    table = Table(rows, colWidths=[512], spaceAfter=8)
    table.setStyle([("BOX", (0, 0), (-1, -1), 0.8, _INK), ("BOTTOMPADDING", (0, 0), (-1, -1), 6)])
    return table


def _safe(text: str) -> str:
    """Paragraphs are markup."""
    return escape(text).replace("\n", "<br/>")
