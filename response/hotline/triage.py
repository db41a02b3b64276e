"""Not ours? A few questions that tell a fault inside the house from one in the main (HL-15)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.report import TriageAnswer
from core.model.text import Text
from response.refused import Refused


@dataclass(frozen=True, slots=True)
class Node:
    """A question with the nodes that its answers lead to, or, without answers, what to say. ours: whether it
    is a matter for the utility; None while that is open."""

    id: str
    words: Text
    yes: str | None = None
    no: str | None = None
    ours: bool | None = None


YES, NO = Text("是", "yes"), Text("否", "no")
TREE: tuple[Node, ...] = (
    Node(
        "neighbours",
        Text("邻居家或楼下也没有水吗？", "Have neighbours, or the floor below, the same trouble?"),
        "pump",
        "valve",
    ),
    Node(
        "valve",
        Text("表前阀和入户阀都打开了吗？", "Are the valve before the meter and the one indoors both open?"),
        "taps",
        "open_valve",
    ),
    Node(
        "taps",
        Text("是不是只有一个龙头或热水有问题？", "Is it one tap only, or hot water only?"),
        "inside",
        "bill",
    ),
    Node(
        "bill",
        Text("最近是否收到欠费停水通知？", "Was there a reminder that supply would be cut for arrears?"),
        "arrears",
        "report",
    ),
    Node(
        "pump",
        Text(
            "楼上由小区加压泵供水、且低楼层有水吗？",
            "Do lower floors have water, and pumped ones none?",
        ),
        "pump_room",
        "report",
    ),
    Node(
        "open_valve",
        Text("请先打开阀门再看；仍无水请再来电。", "Please open it and look again; call if nothing comes."),
        ours=False,
    ),
    Node(
        "inside",
        Text(
            "多半是户内管道或热水器的问题，请联系物业或水电工；需要时我们可以提供有偿维修。",
            "Most likely it is indoors: ask the property manager or a plumber; we can repair it for a fee.",
        ),
        ours=False,
    ),
    Node(
        "arrears",
        Text("请按欠费流程办理，缴清后恢复供水。", "Please settle the account; supply returns after that."),
        ours=False,
    ),
    Node(
        "pump_room",
        Text(
            "可能是小区二次供水泵房故障，请联系物业；我们同时登记并通知二次供水管理单位。",
            "The building's pump room may have failed: ask the property manager. We tell its operator.",
        ),
        ours=False,
    ),
    Node("report", Text("请登记来电，派人核查。", "Take a report; somebody will check."), ours=True),
)


def followed(answers: Sequence[TriageAnswer]) -> Node:
    """The node that these answers lead to, one after the other from the first question. Raises Refused
    `not_of_the_triage`."""
    nodes = {node.id: node for node in TREE}
    here = TREE[0]
    for answer in answers:
        after = here.yes if answer.yes else here.no
        if answer.question != here.id or after is None:
            why = Text("排查问答不连贯", "the answers do not follow the questions")
            raise Refused("not_of_the_triage", why)
        here = nodes[after]
    return here
