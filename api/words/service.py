"""Service clocks, what holds them, duties, call-backs and the figures of the service."""

from core.model.text import Text

WORDS = {
    "permission.duties": Text("联系重点用户", "speak to key customers"),
    "permission.callbacks": Text("回访", "call customers back"),
    "permission.reports": Text("查看服务指标与上报", "see figures and reports of the service"),
    "permission.file_report": Text("上报主管部门", "report to the authority"),
}
