"""Words of the service pressure, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "pressure": Text("管网水压", "Pressure in the mains"),
    "pressure_said": Text(
        "最近30天有数据的{n}个小时中，水压不低于{least} MPa的时间占{share}%。",
        "In {n} hours with data of the last 30 days pressure was {least} MPa or more for {share} % of the "
        "time.",
    ),
    "pressure_unknown": Text(
        "最近30天没有足够的水压数据。", "There are too few figures of pressure in the last 30 days."
    ),
    "pressure_henan": Text(
        "{least} MPa是管网末梢服务水压的要求，取自河南省地方标准DBJ41/T 105-2010第3条；各地标准不同。",
        "{least} MPa at the ends of the network is asked for by DBJ41/T 105-2010 (Henan), 3; other places "
        "ask for other figures.",
    ),
    "pressure_own": Text("{least} MPa由供水单位设定。", "{least} MPa is the utility's own threshold."),
    "pressure_lead": Text(
        "整个片区的小时数据，每小时结束至少15分钟后发布；不公布单个测点和实时水压。楼内水压还取决于楼层和二次供水。",
        "Of the whole area, by the hour, and published 15 minutes or more after its end; no single gauge and "
        "no pressure of now. In a building it depends on the storey and its own pumps too.",
    ),
    "pressure_none": Text(
        "本片区不公布水压：尚无记录，测点少于3个，或用户不足10户。",
        "No pressure is published of this area: there is no record yet, fewer than three gauges, or fewer "
        "than ten connections.",
    ),
    "pressure_hours": Text("最近24个小时", "The last 24 hours"),
    "pressure_median": Text("中位数 (MPa)", "Median (MPa)"),
    "pressure_kept": Text("达到的时间 (%)", "At or above (%)"),
}
