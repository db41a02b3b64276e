"""What an alarm went by: the words beside its curve."""

from core.model.text import Text

WORDS = {
    "explained.plot": Text("{name}，{from} 至 {to}", "{name}, {from} to {to}"),
    "explained.no_history": Text("读不到历史数据", "its history cannot be read"),
    "explained.expected": Text("预期 {value}", "expected {value}"),
    "explained.band": Text("预期范围 {low}–{high}", "expected between {low} and {high}"),
    "explained.most": Text("不应高于 {high}", "at most {high}"),
    "explained.least": Text("不应低于 {low}", "at least {low}"),
    "explained.off": Text("偏差 {off}", "off by {off}"),
    "explained.score": Text("显著性 {n}", "score {n}"),
    "explained.score.burst": Text("为入流自身波动的 {n} 倍", "{n} × the inflow's own wandering"),
    "explained.score.leak": Text("为夜间流量波动的 {n} 倍", "{n} × how nights wander"),
    "explained.score.quality_event": Text("为自身波动的 {n} 倍", "{n} × its own spread"),
    "explained.score.cross_check": Text("为往日最大偏差的 {n} 倍", "{n} × what it lies off on usual days"),
    "explained.score.spike": Text("为近期波动的 {n} 倍", "{n} × the spread of its last readings"),
    "explained.score.ewma": Text("{n} 倍标准差", "{n} standard deviations"),
    "explained.score.cusum": Text("累积 {n} 倍标准差", "{n} standard deviations added up"),
    "explained.score.calls": Text("偶然概率 {n}", "probability of chance {n}"),
    "explained.window": Text("阴影时段 {from} – {to}", "shaded: {from} – {to}"),
    "explained.goes_on": Text("阴影时段自 {from} 起，仍在持续", "shaded: since {from}, and it goes on"),
    "explained.of.burst": Text(
        "入流突然高于同时段往日，并扣除日常波动。",
        "The inflow stepped above what this time of the week is used to.",
    ),
    "explained.of.leak": Text(
        "凌晨2至5时的平均入流高于往日同类夜晚。",
        "The mean inflow from 02:00 to 05:00 stands above such nights before.",
    ),
    "explained.of.quality_event": Text(
        "该站参数偏离自身近期常态，不是偶然。",
        "Quantities of the station have left what was usual just before, and that is no chance.",
    ),
    "explained.of.cross_check": Text(
        "本区读数彼此矛盾：由其余读数推算，这一读数偏离最远。",
        "Readings of the area contradict each other: by what the others say, this one is off most.",
    ),
    "explained.of.level_control": Text(
        "未按历来的启停水位运行。", "It does not keep to the levels at which it always was switched."
    ),
    "explained.running": Text(
        "高于历来停泵水位仍在运行。", "It runs above the highest level at which it ever ran."
    ),
    "explained.stopped": Text(
        "低于历来启泵水位仍未启动。", "It stands below the lowest level at which it ever stood."
    ),
    "explained.of.spike": Text(
        "读数跳出后立即返回，水不会如此。",
        "The reading leapt away and was back at once, which water does not.",
    ),
    "explained.of.ewma": Text(
        "平滑后的读数离开了自身常态。", "Its smoothed value has left its own usual level."
    ),
    "explained.of.cusum": Text(
        "小偏差持续累积，读数在漂移。", "Small differences add up: the reading drifts."
    ),
    "explained.of.drift": Text(
        "读数逐日偏离同类测点，水未变而仪表在漂移。",
        "Day by day it goes away from its sibling: the instrument drifts, not the water.",
    ),
    "explained.of.deviation": Text(
        "读数离开了与之比较的数值。", "The reading has left what it is compared with."
    ),
    "explained.of.discrepancy": Text("状态与指令不符。", "What it does is not what was commanded."),
    "explained.of.rate": Text(
        "阴影时段内变化过快（每小时）。", "In the shaded time it changed faster than it may, per hour."
    ),
    "explained.of.flatline": Text(
        "阴影时段内读数没有任何变化。", "In the shaded time the reading did not move at all."
    ),
    "explained.of.composite": Text("几个报警同时成立。", "Several alarms stand at the same time."),
    "explained.of.calls": Text(
        "多户反映同一情况，超出平时。", "More premises report the same than usually do."
    ),
    "explained.of.stale": Text("阴影时段内没有新数据。", "In the shaded time it told nothing new."),
    "explained.of.bad_quality": Text(
        "数据被标为坏值，不作判断。", "Its data are marked Bad, and nothing is judged by them."
    ),
    "explained.of.communication": Text("该站没有应答。", "The station does not answer."),
    "explained.of.condition": Text("集控中心自身的状况。", "A condition of the hub itself."),
    "explained.of.limit": Text("读数越过限值。", "The reading is beyond its limit."),
    "explained.class": Text("看来像：{class}。", "It looks like: {class}."),
    "explained.nights": Text("由 {n} 个夜晚判定。", "Judged over {n} nights."),
    "explained.pressures_agree": Text("各测点水压同时下降。", "The pressures fell with it."),
    "explained.pressures_differ": Text("水压没有同时下降。", "The pressures did not fall with it."),
    "explained.others": Text("各读数的偏离：{each}", "How far each lies off: {each}"),
    "explained.other": Text("{name} {far}", "{name} {far}"),
    "explained.and": Text("；", "; "),
}
