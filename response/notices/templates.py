"""The utility's own words for each kind, for what the author left out. Quality notices follow 40 CFR 141.205
(ten elements) and CDC's boil-water advice: a rolling boil for one minute, three above 2,000 m.
"""

from dataclasses import replace

from core.model.notice import Notice, NoticeKind, QualityFacts, Site, Supply
from core.model.plant import Plant
from core.model.shanghai import moment, span
from core.model.street_line import by_street
from core.model.text import Text
from response.sentences import part, sentence
from response.street_words import in_zone
from response.where_off import where_off, zone_name
from response.wording import REASONS, advice, composed, description, off, reason_of
from response.wording import title as title_of

TITLES = {
    NoticeKind.EMERGENCY_OUTAGE: Text("{}抢修停水公告", "Emergency interruption: {}"),
    NoticeKind.PLANNED_OUTAGE: Text("{}计划停水公告", "Planned interruption: {}"),
    NoticeKind.LOW_PRESSURE: Text("{}降压供水公告", "Low pressure: {}"),
    NoticeKind.WATER_QUALITY: Text("{}水质异常核查公告", "Water quality being checked: {}"),
    NoticeKind.DISCOLOURED: Text("{}管网冲洗水黄提示", "Discoloured water: {}"),
    NoticeKind.BOIL: Text("{}自来水须煮沸后饮用", "Boil your water: {}"),
    NoticeKind.DO_NOT_DRINK: Text("{}自来水暂勿饮用", "Do not drink the water: {}"),
    NoticeKind.DO_NOT_USE: Text("{}自来水暂停使用", "Do not use the water: {}"),
}
MOVED_TITLE = Text("{}计划{}改期公告", "Planned interruption moved: {}")
SOFTER_TITLES = {
    (NoticeKind.EMERGENCY_OUTAGE, Supply.INTERMITTENT): Text(
        "{}抢修间歇停水公告", "Repairs, water on and off: {}"
    ),
    (NoticeKind.PLANNED_OUTAGE, Supply.INTERMITTENT): Text(
        "{}计划间歇停水公告", "Planned work, water on and off: {}"
    ),
}
ON_AND_OFF = Text(
    "供水时有时无，请在来水时储水，并随时关好水龙头。每次来水后，请先打开冷水龙头放水至清澈再使用。",
    "Water comes and goes. Store some while it runs, and keep taps closed. "
    "Each time it returns, run a cold tap until it is clear.",
)
ADVICE = {
    NoticeKind.PLANNED_OUTAGE: Text(
        "请提前储水并关好水龙头。恢复供水后，请先打开冷水龙头放水至清澈再使用。",
        "Please store water beforehand and keep taps closed. "
        "When water returns, run a cold tap until it is clear.",
    ),
    NoticeKind.LOW_PRESSURE: Text(
        "高层用户可能短时无水，请适量储水。",
        "Upper floors may be without water for a while: please store some.",
    ),
    NoticeKind.DISCOLOURED: Text(
        "请打开冷水龙头放水至清澈后再使用，期间勿洗浅色衣物。",
        "Run a cold tap until the water is clear, and wash no light clothes until then.",
    ),
    NoticeKind.BOIL: Text(
        "饮用、做饭、刷牙、制冰和冲奶粉的水，请先煮沸。保持翻滚1分钟（海拔2000米以上3分钟），放凉后使用。"
        "洗澡时勿吞咽。如有不适，请及时就医。请转告邻居，尤其是未看到本公告的人。",
        "Bring water for drinking, cooking, brushing teeth, ice and baby food to a rolling boil for one "
        "minute (three minutes above 2,000 m) and let it cool. Do not swallow water when bathing. "
        "See a doctor if you feel unwell. Please tell your neighbours, above all those who may not see this.",
    ),
    NoticeKind.DO_NOT_DRINK: Text(
        "请勿饮用、做饭、刷牙或冲奶粉，煮沸也不能去除。请使用瓶装水或取水点的水。可用于冲厕。"
        "如有不适，请及时就医。请转告邻居，尤其是未看到本公告的人。",
        "Do not drink it, cook, brush teeth or make baby food with it; boiling does not help. "
        "Use bottled water or a water point. It may be used to flush toilets. "
        "See a doctor if you feel unwell. Please tell your neighbours, above all those who may not see this.",
    ),
    NoticeKind.DO_NOT_USE: Text(
        "请勿以任何方式使用自来水，包括洗澡和洗手。请使用瓶装水或取水点的水。"
        "如有不适，请及时就医。请转告邻居，尤其是未看到本公告的人。",
        "Do not use tap water for anything, not even washing. Use bottled water or a water point. "
        "See a doctor if you feel unwell. Please tell your neighbours, above all those who may not see this.",
    ),
}
_FACTS = {
    NoticeKind.EMERGENCY_OUTAGE: Text(
        "因{reason}，{place}自{since}起{off.zh}。", "Water is {off.en} in {place} since {since}: {reason}."
    ),
    NoticeKind.PLANNED_OUTAGE: Text(
        "因{reason}，{place}将{off.zh}。", "Water will be {off.en} in {place}: {reason}."
    ),
    NoticeKind.LOW_PRESSURE: Text(
        "因{reason}，{place}自{since}起水压偏低。", "Pressure is low in {place} from {since}: {reason}."
    ),
    NoticeKind.DISCOLOURED: Text(
        "因{reason}，{place}自{since}起水可能发黄。",
        "Water may be discoloured in {place} from {since}: {reason}.",
    ),
}
HOLDS = Text("本公告自", "This is from ")
"""What the details of advice about health begin with: from when it holds, and where."""
FOUND = (
    ("finding", Text("检测情况：", "What we found: ")),
    ("effects", Text("健康影响：", "Health effects: ")),
    ("risk", Text("重点人群：", "Most at risk: ")),
    ("doing", Text("正在采取的措施：", "What is being done: ")),
    ("alternatives", Text("替代用水：", "Instead: ")),
    ("authority", Text("已报告", "Reported to ")),
)
"""The elements in their order, each a sentence of its own after what leads in to it; what is not filled in
is not said."""


def filled(notice: Notice, plant: Plant, site: Site | None = None) -> Notice:
    """With every word that no person wrote made of the facts as they are now, and its body made anew. site:
    how far the work has come now, where its description is a person's from before."""
    area = zone_name(plant, notice.zone)
    if "place" not in notice.written:
        street = where_off(plant, notice.zone, notice.place or area, notice.streets)
        notice = replace(notice, place=street if notice.incident else _place(notice, area))
    place = notice.place or area
    suspected = notice.incident is not None and "reason" not in notice.written and bool(notice.title.zh)
    if suspected and notice.kind in REASONS and notice.quality is None:
        notice = _as_found(notice, place, site or notice.site)
    if "title" not in notice.written and not suspected:
        title = SOFTER_TITLES.get((notice.kind, notice.supply), TITLES[notice.kind])
        if notice.moved_from_ns is not None:
            title = Text(MOVED_TITLE.zh.format("{}", off(notice).zh), MOVED_TITLE.en)
        notice = replace(notice, title=Text(title.zh.format(place.zh), title.en.format(place.en)))
    if "advice" not in notice.written:
        on_and_off = ON_AND_OFF if notice.supply is Supply.INTERMITTENT else None
        stage = advice(notice.kind, low=_stays_on(notice), site=site or notice.site)
        notice = replace(notice, advice=on_and_off or ADVICE.get(notice.kind) or stage)
    if notice.reason is None:
        notice = replace(notice, reason=REASONS.get(notice.kind))
    if "description" not in notice.written:
        notice = introduced(replace(notice, description=_facts(notice, place, area)))
    return composed(notice)


def introduced(notice: Notice) -> Notice:
    """Its description after what whoever reads it has read: that it was over, or withdrawn."""
    if notice.after is None or notice.description is None:
        return notice
    if notice.after_withdrawn:
        anew = Text(
            f"此前公告{notice.after}已撤回，以本公告为准。{notice.description.zh}",
            f"Notice {notice.after} was withdrawn; this one holds. {notice.description.en}",
        )
        return replace(notice, description=anew)
    said = Text(
        f"此前公告{notice.after}已通报恢复，此后又重新抢修。{notice.description.zh}",
        f"Notice {notice.after} had said that it was over; the repair was taken up again since. "
        f"{notice.description.en}",
    )
    return replace(notice, description=said)


def _stays_on(notice: Notice) -> bool:
    """Repaired under pressure."""
    return notice.kind is NoticeKind.EMERGENCY_OUTAGE and notice.supply is Supply.LOW


def _as_found(notice: Notice, place: Text, site: Site | None) -> Notice:
    """Its title and reason, by how far the work has come."""
    if site is None:
        return notice
    made = replace(notice, reason=reason_of(notice.kind, site))
    named = "title" in notice.written or notice.kind is NoticeKind.LOW_PRESSURE
    return made if named else replace(made, title=title_of(notice.kind, place, site))


def _place(notice: Notice, area: Text) -> Text:
    if not notice.streets:
        return area
    lines = by_street(notice.streets)
    lines = [line for line in lines if not line.weak] or lines
    first, n, more = lines[0].name, len(lines), Text("", "")
    if n > 1:
        more = Text(f"等{n}条道路", f" and {n - 1} more street{'s' if n > 2 else ''}")
    return in_zone(Text(f"{first.zh}{more.zh}", f"{first.en}{more.en}"), area)


def _facts(notice: Notice, place: Text, area: Text) -> Text:
    """Of health advice, from its checked elements; of the rest, from its reason; what the hub suspects, until
    a person has given a reason."""
    since, facts = moment(notice.starts_ns), notice.quality
    if notice.incident is not None and facts is None and "reason" not in notice.written:
        low, site = _stays_on(notice), notice.site or Site.ORGANISED
        return description(notice.kind, notice.starts_ns, area, site, low=low)
    if notice.kind in _FACTS:
        why = part(notice.reason or Text("设施维护", "maintenance"))
        said, moved = _FACTS[notice.kind], _moved(notice)
        return Text(
            moved.zh + said.zh.format(reason=why.zh, place=place.zh, since=since.zh, off=off(notice)),
            moved.en + said.en.format(reason=why.en, place=place.en, since=since.en, off=off(notice)),
        )
    if facts is None:
        return description(NoticeKind.WATER_QUALITY, notice.starts_ns, place)
    told = {name: getattr(facts, name) for name, _ in FOUND if name != "authority"}
    told["authority"] = _authority(notice, facts)
    elements = [(lead, sentence(told[name])) for name, lead in FOUND]
    zh = "".join(f"{lead.zh}{words.zh}" for lead, words in elements if words.zh)
    en = " ".join(f"{lead.en}{words.en}" for lead, words in elements if words.en)
    return Text(
        f"{HOLDS.zh}{since.zh}起，适用于{place.zh}。{zh}",
        f"{HOLDS.en}{since.en}, for {place.en}. {en}".rstrip(),
    )


def _moved(notice: Notice) -> Text:
    """From when to when, before all else."""
    if notice.moved_from_ns is None:
        return Text("", "")
    was, now = span(*notice.moved_from_ns), span(notice.starts_ns, notice.eta_latest_ns or notice.starts_ns)
    return Text(
        f"原定{was.zh}的施工，改为{now.zh}。", f"The work planned for {was.en} is moved to {now.en}. "
    )


def _authority(notice: Notice, facts: QualityFacts) -> Text:
    """In both languages where the report to it names it in both."""
    to, said = notice.reported.to if notice.reported else None, facts.health_authority
    if to is not None and said.zh in ("", to.zh, to.en) and said.en in ("", to.zh, to.en):
        return to
    return said
