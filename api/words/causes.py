"""Causes of trouble in collection, in Chinese. Drivers say them in English, in one line for an engineer,
often with what a device or the system said; that line is kept and shown beside."""

import re
from typing import NamedTuple


class Cause(NamedTuple):
    """pattern: searched in the line; zh: with the pattern's named groups in braces."""

    pattern: re.Pattern[str]
    zh: str


def _causes(*rows: tuple[str, str]) -> tuple[Cause, ...]:
    return tuple(Cause(re.compile(pattern, re.IGNORECASE), zh) for pattern, zh in rows)


_UNIT = r"unit (?P<unit>\d+)"
_TABLES = {"holding": "保持寄存器", "input": "输入寄存器", "coil": "线圈", "discrete": "离散输入"}

CAUSES = _causes(
    # Modbus
    (_UNIT + r": no answer in (?P<s>[\d.]+) s", "单元 {unit}：{s} 秒内没有应答"),
    (
        _UNIT + r": the gateway has no answer from it \(exception (?P<code>\d+)\)",
        "单元 {unit}：网关收不到该设备的应答（异常码 {code}）",
    ),
    (_UNIT + ": the connection was lost while it was asked", "单元 {unit}：询问时连接中断"),
    (_UNIT + " refuses all of (?P<span>.+)", "单元 {unit}：拒绝整段地址（{span}），请核对地址表"),
    (
        _UNIT + r": (?P<span>.+) is refused \(exception (?P<code>\d+)\): check the address",
        "单元 {unit}：地址被拒绝（{span}，异常码 {code}），请核对地址",
    ),
    (
        _UNIT + r": exception (?P<code>1)\b",
        "单元 {unit}：设备不支持这种读取（异常码 {code}），请换一种 table",
    ),
    (_UNIT + r": exception (?P<code>4)\b", "单元 {unit}：设备报告自身故障（异常码 {code}）"),
    (_UNIT + r": exception (?P<code>[56])\b", "单元 {unit}：设备忙（异常码 {code}），稍后再读"),
    (_UNIT + r": exception (?P<code>\d+)", "单元 {unit}：设备拒绝读取（异常码 {code}）"),
    (r"device answers as unit (?P<unit>\d+)", "设备以单元 {unit} 应答：请把 unit 改为 {unit}"),
    (r"(?P<n>\d+) reads in a row without answer", "连续 {n} 次读取没有应答"),
    ("reply refused", "应答不合规，已拒收并重新连接"),
    # OPC UA
    (r"certificate [0-9A-F]+ of .+ is not trusted", "服务器证书未受信任：核对后用 waterhub opcua trust 信任"),
    ("not the pinned", "服务器证书与配置中锁定的指纹不符"),
    ("is revoked since (?P<day>[0-9-]+)", "服务器证书自 {day} 起已被吊销：请更换服务器证书"),
    ("revocation list .+ cannot be used", "证书吊销列表无法使用：请放入新的列表或移走"),
    (r"certificate [0-9A-F]+ is not of", "服务器证书不属于该服务器（应用 URI 不符）"),
    (r"certificate [0-9A-F]+ is valid from", "服务器证书不在有效期内"),
    ("the hub's own certificate has expired", "本系统的证书已过期"),
    ("the server's certificate has expired", "服务器证书已过期"),
    (r"the hub's own certificate expires within (?P<n>\d+) day", "本系统的证书将在 {n} 天内到期"),
    (r"the server's certificate expires within (?P<n>\d+) day", "服务器证书将在 {n} 天内到期"),
    ("BadNodeIdUnknown", "服务器没有这个节点，将定时重试"),
    ("the server has no such namespace", "服务器没有这个命名空间，将定时重试"),
    ("the server ended the subscription", "服务器结束了订阅，正在重建"),
    ("BadTooManySessions", "服务器会话已满"),
    ("BadIdentityTokenRejected|BadUserAccessDenied", "服务器拒绝用户名或密码"),
    # MQTT
    ("does not answer as an MQTT broker", "该地址没有 MQTT 服务应答"),
    ("the broker refuses the connection", "MQTT 服务器拒绝连接：核对用户名、密码和权限"),
    ("closed by the broker", "连接被 MQTT 服务器关闭"),
    (r"granted without delivery \(QoS 0\)", "MQTT 服务器只给了 QoS 0：断线期间的报文会丢"),
    (r"unacknowledged for (?P<s>\d+) s", "有报文 {s} 秒未确认：磁盘或隔离区慢"),
    ("cannot be made into the tag's", "报文单位与测点单位不符，请改映射"),
    # clocks, sensors, meters
    (r"its clock is (?P<by>.+) ahead of", "设备时钟快 {by}，请校时或配置 NTP"),
    (r"its stamps are (?P<by>.+) behind", "设备时标慢 {by}：时钟慢或线路慢，请核对设备时间"),
    (r"frozen: no change for (?P<n>\d+) min", "疑似卡死：{n} 分钟没有变化，而同区同类测点在变"),
    (r"coverage (?P<share>\d+%): without (?P<names>.+)", "覆盖率 {share}，缺少：{names}"),
    (
        r"continuous_flow: water has run for (?P<h>[\d.]+) h without a pause, at least (?P<v>\S+) L",
        "持续用水 {h} 小时未停，每小时至少 {v} L，请查漏",
    ),
    (r"reverse_flow: (?P<v>\S+) m3 ran backward", "倒流 {v} m³，请查止回阀"),
    (r"silent: not heard for (?P<h>[\d.]+) h", "{h} 小时没有上报，超过该表的惯常间隔"),
    # the net, last: the words of the system
    ("refused|errno 111", "对方拒绝连接：端口没有服务，或被防火墙拒绝"),
    ("no answer to connect|timed out|errno 110", "连接没有应答：检查地址、网络和供电"),
    ("does not answer within (?P<s>[\\d.]+) s", "{s} 秒内没有应答"),
    ("no route to host|network is unreachable|errno 101|errno 113", "网络不通：没有到达该地址的路由"),
    ("name or service not known|name resolution|getaddrinfo|errno -[235]", "主机名无法解析：检查名称或 DNS"),
    ("certificate verify failed|tls:|ssl", "TLS 握手失败：检查证书和 CA 文件"),
    ("reset by peer|errno 104", "连接被对方重置"),
    ("closed by the device", "连接被设备关闭"),
    ("no such file|permission denied|cannot be used", "配置中的文件读不了：检查路径和权限"),
    ("cannot be opened|could not open port", "串口或连接打不开"),
    ("connection lost", "连接中断"),
    ("no answer", "没有应答"),
)


def cause_zh(line: str) -> str | None:
    """None for a cause that has no wording: its line is shown as it is."""
    for pattern, zh in CAUSES:
        if found := pattern.search(line):
            return zh.format(**{name: _said(text) for name, text in found.groupdict().items()})
    return None


def _said(text: str) -> str:
    for table, word in _TABLES.items():
        text = re.sub(rf"\b{table}( register)?s?\b", word, text)
    return text
