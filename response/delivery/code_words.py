"""What a caller is sent to follow their report: a registered template's variables, or the address itself."""

from core.model.message import Message, MessageKind
from core.model.plant import Utility
from core.model.text import Lang, Text
from response.delivery.spec import CodeTemplate, CustomerChannel

_TITLE = Text("办理进度", "Follow your report")


def composed(
    token: str, subject: str, channel: CustomerChannel, lang: str, utility: Utility, now_ns: int
) -> Message:
    """Without its key, and to nobody yet. subject: the report."""
    template = channel.code_template(lang) if channel.templates else None
    return Message(
        key="",
        kind=MessageKind.CODE,
        to="",
        title=_TITLE,
        body=_text(token, channel, utility),
        subject=subject,
        priority=3,
        count=0,
        began_ns=now_ns,
        at_ns=now_ns,
        link=f"{utility.site}/{_lang(lang)}/t/{token}",
        lang=_lang(lang),
        template=template.id if template else "",
        variables=_filled(template, token, utility) if template else (),
    )


def _filled(template: CodeTemplate, token: str, utility: Utility) -> tuple[tuple[str, str], ...]:
    half = len(token) // 2
    facts = {
        "code": token,
        "code_1": token[:half],
        "code_2": token[half:],
        "hotline": utility.hotline,
        "utility": utility.name.in_(template.lang or "zh"),
    }
    return tuple((name, facts[fact]) for name, fact in template.variables.items())


def _text(token: str, channel: CustomerChannel, utility: Utility) -> Text:
    sign = channel.sign or utility.name.zh
    return Text(
        f"【{sign}】您反映的问题已登记，办理进度：{utility.site}/zh/t/{token} 热线{utility.hotline}",
        f"({sign}) Your report is noted. Follow it: {utility.site}/en/t/{token} Tel {utility.hotline}",
    )


def _lang(lang: str) -> Lang:
    return "en" if lang == "en" else "zh"
