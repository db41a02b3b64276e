"""Why a request was not taken, for people: by the name of the problem, and by what is wrong with a field."""

from typing import Any

from core.model.text import Text

PROBLEMS = {
    "change_password": "请先修改一次性密码",
    "done_before": "这条指令已处理过，其答复已不在：请看现在的状态",
    "files": "文件无法读取，或内容有误",
    "foreign_origin": "只接受本系统页面发出的指令",
    "historian_unavailable": "历史库暂无响应，请稍后再试",
    "invalid": "填写有误",
    "key_reused": "同一指令编号先前用于另一指令",
    "ledger_unavailable": "台账暂不可用，请稍后再试",
    "length_required": "请求未说明长度",
    "method_not_allowed": "此处不接受这种请求",
    "no_photos": "本系统未设照片存放处",
    "not_found": "没有这个页面或接口",
    "not_signed": "无法确认来自服务商",
    "place_required": "请说明取自哪个仓库或车辆",
    "refused": "用户名或密码不对",
    "role": "您的岗位无此权限",
    "row": "该行内容有误",
    "second_person": "须由另一人办理",
    "sign_in": "请先登录",
    "slow_down": "错误次数过多，请稍后再试",
    "stale": "他人已先处理，内容已变：请看现在的状态",
    "too_long": "内容过大",
    "too_many_tries": "尝试次数过多，请稍后再试",
    "unexpected": "系统处理出错，原因见日志",
    "unknown": "没有这一项，或您无权查看",
    "unknown_crew": "没有这个班组",
    "unknown_incident": "没有这个事件",
    "unknown_pipe": "没有这条管道",
    "unknown_street": "没有这条街道",
    "unknown_zone": "没有这个片区",
    "which": "请指明一个通知或一个事件",
}
"""In Chinese; English is the detail that a problem is raised with."""
_TOLD = {"invalid", "row"}
"""Of these the detail says which part."""

_FIELD = {
    "missing": Text("必填", "is needed"),
    "extra_forbidden": Text("不认识这一栏", "is not known here"),
    "string_too_long": Text("最多 {max_length} 字", "has {max_length} characters at most"),
    "string_too_short": Text("至少 {min_length} 字", "has {min_length} characters at least"),
    "string_pattern_mismatch": Text("格式不对", "is not of the form asked for"),
    "too_long": Text("最多 {max_length} 项", "has {max_length} entries at most"),
    "too_short": Text("至少 {min_length} 项", "has {min_length} entries at least"),
    "greater_than": Text("须大于 {gt}", "must be greater than {gt}"),
    "greater_than_equal": Text("不得小于 {ge}", "must be {ge} or more"),
    "less_than": Text("须小于 {lt}", "must be less than {lt}"),
    "less_than_equal": Text("不得大于 {le}", "must be {le} or less"),
    "int_type": Text("须为整数", "must be a whole number"),
    "int_parsing": Text("须为整数", "must be a whole number"),
    "float_type": Text("须为数字", "must be a number"),
    "float_parsing": Text("须为数字", "must be a number"),
    "finite_number": Text("须为数字", "must be a number"),
    "bool_type": Text("须为是或否", "must be yes or no"),
    "bool_parsing": Text("须为是或否", "must be yes or no"),
    "string_type": Text("须为文字", "must be text"),
    "enum": Text("不在可选范围内", "is none of the choices"),
    "literal_error": Text("不在可选范围内", "is none of the choices"),
    "timezone_aware": Text("须带时区的时间", "must be a time with its zone"),
    "datetime_from_date_parsing": Text("时间无法识别", "cannot be read as a time"),
    "datetime_parsing": Text("时间无法识别", "cannot be read as a time"),
    "datetime_type": Text("时间无法识别", "cannot be read as a time"),
    "date_from_datetime_parsing": Text("日期无法识别", "cannot be read as a date"),
    "json_invalid": Text("内容无法识别", "cannot be read"),
}
"""By pydantic's error types, with what it says of the bound."""


def field(error: dict[str, Any]) -> Text:
    """What is wrong with one field; what has no words of its own is told as the check tells it."""
    words, bound = _FIELD.get(error["type"]), error.get("ctx", {})
    if words is None:
        return Text("填写不正确", error["msg"])
    return Text(words.zh.format_map(bound), words.en.format_map(bound))


def why(reason: str, detail: str) -> Text | None:
    """None for a problem whose words the caller brings."""
    said = PROBLEMS.get(reason)
    if said is None:
        return None
    return Text(f"{said}：{detail}" if reason in _TOLD else said, detail)
