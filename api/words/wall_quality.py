"""The words of the wall's page of water quality."""

from core.model.text import Text

WORDS = {
    "wall_quality.title": Text("水质大屏", "Quality wall"),
    "wall_quality.points": Text("水厂与水质测点", "Works and quality points"),
    "wall_quality.point": Text("测点", "Point"),
    "wall_quality.chlorine": Text("余氯\nmg/L", "Chlorine\nmg/L"),
    "wall_quality.turbidity": Text("浊度\nNTU", "Turbidity\nNTU"),
    "wall_quality.ph": Text("pH", "pH"),
    "wall_quality.lab": Text("最近化验", "Laboratory"),
    "wall_quality.lab_said": Text("{day} {n}/{m} 合格", "{day} {n}/{m} comply"),
    "wall_quality.lab_unjudged": Text("{day} 未判定", "{day} not judged"),
    "wall_quality.lab_none": Text("无", "none"),
    "wall_quality.failed": Text("化验不合格：{what}", "Laboratory, does not comply: {what}"),
    "wall_quality.failed_one": Text("{place} {item} {value}（{day}）", "{place} {item} {value} ({day})"),
    "wall_quality.found": Text("检出", "found"),
    "wall_quality.rests_on": Text(
        "限值 {standard}。在线值未经审核，是否合格只看化验。",
        "Limits: {standard}. On-line values are unaudited: only the laboratory says what complies.",
    ),
    "wall_quality.no_limits": Text(
        "尚未读到限值。在线值未经审核，是否合格只看化验。",
        "Limits are not read yet. On-line values are unaudited: only the laboratory says what complies.",
    ),
    "wall_quality.unverified": Text(" * 尚未与标准原文核对。", " * not compared with the standard itself."),
    "wall_quality.more": Text("另有 {n} 个测点", "{n} more points"),
    "wall_quality.none": Text("没有水质测点", "No quality instruments"),
    "wall_quality.indicator": Text("{name}，限值 {limit}", "{name}, limit {limit}"),
    "wall_quality.curves": Text("最差测点近 24 小时", "The worst points, last 24 hours"),
    "wall_quality.worst_chlorine": Text("余氯最低：{name}", "Least chlorine: {name}"),
    "wall_quality.worst_turbidity": Text("浊度最高：{name}", "Highest turbidity: {name}"),
    "wall_quality.worst_ph": Text("pH 离中最远：{name}", "pH farthest out: {name}"),
    "wall_quality.curve": Text("{name}近 24 小时", "{name}, last 24 hours"),
    "wall_quality.no_curves": Text("没有读数", "no readings"),
}
