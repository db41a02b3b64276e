"""Words of limits and of the standards they stand in, in both languages."""

from collections.abc import Mapping

from core.model.limits import Disinfectant, SampleType
from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "limit_none": Text("无", "none"),
    "limit_other": Text(
        "本片区用{disinfectant}消毒，国家标准看{residual}",
        "This area's water has {disinfectant}: the limit is of {residual}",
    ),
    "limit_unverified": Text("数值尚未与标准原文核对", "not checked against the standard's own text"),
    "about_beside": Text("和国外标准的对照", "Compared with standards elsewhere"),
    "about_beside_body": Text(
        "片区页列出世界卫生组织、美国和欧盟的数值，仅供对照：它们在本地不具法律效力，读数不按它们判断。"
        "标*的数值尚未与标准原文核对。",
        "The area's page shows values of the WHO, the US and the EU, for comparison only: they are not "
        "legally applicable here, and no reading is judged by them. What is marked * has not been checked "
        "against the standard's own text.",
    ),
    "beside": Text("和国外标准的对照", "Compared with standards elsewhere"),
    "beside_lead": Text(
        "仅供对照：下列国外数值在本地不具法律效力，读数不按它们判断。",
        "For comparison only: values of elsewhere are not legally applicable here, and no reading is judged "
        "by them.",
    ),
    "beside_standard": Text("标准", "Standard"),
    "beside_here": Text("本地适用", "holds here"),
    "beside_marked": Text("* 数值尚未与标准原文核对。", "* Not checked against the standard's own text."),
}

DRINKING: Mapping[str, Text] = {
    "notice": Text(
        "有水质公告正在生效：公告范围内的用水以公告为准。",
        "A water-quality notice is in force: within its area go by the notice.",
    ),
    "beyond": Text(
        "有读数超出国家标准限值，不能据此判断能否饮用：在线读数不是化验结论，请留意公告，有疑问请拨打热线。",
        "A reading is beyond a national limit. That settles nothing about drinking: it is no laboratory "
        "result. Watch for notices, and call us if in doubt.",
    ),
    "unknown": Text(
        "现有读数不能说明能否饮用；目前没有限制饮用的公告。",
        "The readings there are do not tell whether one may drink it; no notice restricts drinking now.",
    ),
    "partly": Text(
        "有{n}个片区没有足够数据或正在核实，不能据此判断；其余片区所测各项读数都在国家标准（{standard}）限值内。"
        "目前没有限制饮用的公告。",
        "Of {n} of them too little is known, or it is being verified; in all others every reading is within "
        "the national limits ({standard}). No notice restricts drinking now.",
    ),
    "within": Text(
        "所测各项读数都在国家标准（{standard}）限值内，目前没有限制饮用的公告。",
        "every reading is within the national limits ({standard}), and no notice restricts drinking.",
    ),
    "unusual": Text(
        "偏离日常范围只是与平时不同，本身不是不能饮用的理由；在线读数不能代替化验。",
        "A reading outside its usual range is unlike the past four weeks, which is by itself no reason not "
        "to drink; on-line readings are no substitute for laboratory results.",
    ),
    "provisional": Text(
        "在线读数不能代替化验。", "On-line readings are no substitute for laboratory results."
    ),
}
"""After how the areas are: no more than is known, and never that water complies (WQ-01)."""

STANDARDS: Mapping[str, Text] = {
    "who": Text("世卫组织", "WHO"),
    "epa": Text("美国 EPA", "US EPA"),
    "eu": Text("欧盟", "EU"),
}
"""Short, by the name of their file."""

DISINFECTANTS: Mapping[Disinfectant, Text] = {
    Disinfectant.FREE_CHLORINE: Text("游离氯", "free chlorine"),
    Disinfectant.CHLORAMINE: Text("氯胺", "chloramine"),
    Disinfectant.OZONE: Text("臭氧", "ozone"),
    Disinfectant.CHLORINE_DIOXIDE: Text("二氧化氯", "chlorine dioxide"),
}

RESIDUAL_WORDS: Mapping[str, Text] = {
    "free_chlorine": Text("游离氯", "free chlorine"),
    "total_chlorine": Text("总氯", "total chlorine"),
    "ozone": Text("臭氧", "ozone"),
    "chlorine_dioxide": Text("二氧化氯", "chlorine dioxide"),
}

SAMPLES: Mapping[SampleType, Text] = {
    SampleType.PLANT: Text("出厂水", "water at the works"),
    SampleType.NETWORK: Text("管网水", "water in the network"),
    SampleType.TAP: Text("末梢水", "water at the tap"),
}
