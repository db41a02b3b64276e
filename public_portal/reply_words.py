"""Words of what callers alone were told, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

VERDICTS: Mapping[str, Text] = {
    "known": Text("这是我们发给来电用户的通知的编号", "This is the number of a message of ours to callers"),
    "genuine": Text(
        "属实：每一句都出自我们发给来电用户的通知",
        "Genuine: every sentence is in our message to those who called",
    ),
    "superseded": Text("曾经属实，但之后又发过新的通知", "It was ours, but a newer message was sent since"),
    "altered": Text("与我们发给来电用户的通知不一致", "It does not match our message to those who called"),
}
VERDICT_MEANINGS: Mapping[str, Text] = {
    "known": Text("请核对下面页面上的内容。", "Compare what it says with the page below."),
    "genuine": Text(
        "只发给反映过此事的用户，不是公告。拟定时间见下。",
        "Sent only to those who had reported it; it is no public notice. See below when it was written.",
    ),
    "superseded": Text("请以新的通知为准。", "Go by the newer message."),
    "altered": Text(
        "下面的句子不在通知中，请勿相信或转发。",
        "The sentences below are not ours. Do not trust them or pass them on.",
    ),
}
"""By verdict; in place of those of a notice."""

PHRASES: Mapping[str, Text] = {
    "reply_kind": Text("给来电用户的通知", "Message to those who called"),
    "reply_sent": Text("拟定于", "Written"),
    "reply_over": Text("恢复时间", "Back since"),
    "reply_confirmed": Text("确认恢复的时间", "Found to be back at"),
    "reply_to": Text("发给了谁", "Whom it was sent to"),
    "reply_to_body": Text(
        "这条通知只发给向热线反映过此事并希望得知结果的用户。",
        "This message was sent only to those who had reported it to our hotline and wanted to hear of it.",
    ),
    "reply_no_notice": Text(
        "当时没有关于此事的现行公告，所以首页和公告列表里没有它。",
        "When it was written no public notice about it stood, so that it is in no list of notices.",
    ),
    "reply_says": Text("通知内容", "What it says"),
    "reply_more": Text("如果仍有问题", "If anything is still wrong"),
    "reply_call": Text("请拨打热线", "Call our hotline"),
}
