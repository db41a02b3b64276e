"""What drivers say of trouble has a Chinese wording, and keeps its own line."""

import pytest

from api.words.causes import CAUSES, cause_zh
from collectors.intake.skew import cause_of
from collectors.modbus.mbap import MbapClient
from collectors.mqtt.session import Session
from collectors.mqtt.spec import MqttSpec
from tests.ports import free_port

LINES = {
    "unit 7: no answer in 1 s": "单元 7：1 秒内没有应答",
    "unit 3: the gateway has no answer from it (exception 11)": "单元 3：网关收不到该设备的应答（异常码 11）",
    "unit 1: holding 40 to 42 is refused (exception 2): check the address": (
        "单元 1：地址被拒绝（保持寄存器 40 to 42，异常码 2），请核对地址"
    ),
    "unit 5: exception 4": "单元 5：设备报告自身故障（异常码 4）",
    "reply refused: unit 255 for 5: device answers as unit 255: set unit": (
        "设备以单元 255 应答：请把 unit 改为 255"
    ),
    "modbus:st-01: 3 reads in a row without answer": "连续 3 次读取没有应答",
    "the server's certificate expires within 7 days": "服务器证书将在 7 天内到期",
    "opc.tcp://plc:4840: certificate A1B2C3 of urn:plc is not trusted; when it is the server's own, say": (
        "服务器证书未受信任：核对后用 waterhub opcua trust 信任"
    ),
    "opc.tcp://plc:4840 does not answer within 4 s": "4 秒内没有应答",
    "v-1: BadNodeIdUnknown; asked for again in 60 s": "服务器没有这个节点，将定时重试",
    "broker:8883: the broker refuses the connection: Not authorized": (
        "MQTT 服务器拒绝连接：核对用户名、密码和权限"
    ),
    "frozen: no change for 42 min while its peers move": "疑似卡死：42 分钟没有变化，而同区同类测点在变",
    "coverage 83%: without a.flow, b.flow": "覆盖率 83%，缺少：a.flow, b.flow",
}


@pytest.mark.parametrize(("line", "zh"), LINES.items())
def test_a_line_of_a_driver_is_worded_with_its_figures(line: str, zh: str) -> None:
    assert cause_zh(line) == zh


def test_a_clock_that_is_off_says_by_how_much() -> None:
    assert cause_zh(cause_of(-7200)) == "设备时钟快 2 h，请校时或配置 NTP"
    assert "慢 3 d" in (cause_zh(cause_of(3 * 86_400)) or "")


async def test_a_port_that_nobody_serves_and_a_name_that_nobody_knows_are_told_by_every_driver() -> None:
    port = free_port()
    with pytest.raises(ConnectionError) as refused:
        await MbapClient.connect("127.0.0.1", port)
    assert cause_zh(str(refused.value)) == "对方拒绝连接：端口没有服务，或被防火墙拒绝"
    with pytest.raises(ConnectionError) as unknown:
        await MbapClient.connect("no-such-host.invalid", port)
    assert cause_zh(str(unknown.value)) == "主机名无法解析：检查名称或 DNS"
    spec = MqttSpec.model_construct(
        id="m", host="127.0.0.1", port=port, username=None, ca_file=None, status_topic=None, keepalive_s=30
    )
    session = Session(spec, "c")
    with pytest.raises(ConnectionError) as broker:
        await session.open()
    await session.close()
    assert cause_zh(str(broker.value)) == "对方拒绝连接：端口没有服务，或被防火墙拒绝"


def test_what_has_no_wording_is_shown_as_it_was_said() -> None:
    assert cause_zh("the flux capacitor is upside down") is None
    assert all(row.zh for row in CAUSES)
