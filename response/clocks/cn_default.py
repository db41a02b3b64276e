"""The profile that holds where a utility has written none, as data.

Its figures are this project's choice among published commitments of Chinese utilities [P]; `source` names
what each leans on. GB/T 32063-2015 and the provincial norms set limits of their own, which are not in here.
"""

from typing import Any

from response.clocks.spec import ServiceTimesFile

_CLOCKS: list[dict[str, Any]] = [
    {"clock": "accept", "within": "5 min", "priorities": [1], "source": "[P]"},
    {
        "clock": "arrive",
        "kinds": ["burst", "pump_trip"],
        "time": "night",
        "within": "90 min",
        "source": "Nan'an: 60 min by day, 90 min by night",
    },
    {
        "clock": "arrive",
        "kinds": ["burst", "pump_trip"],
        "within": "60 min",
        "source": "Nan'an: 60 min by day, 90 min by night",
    },
    {"clock": "arrive", "kinds": ["leak", "no_water", "investigate"], "within": "2 h", "source": "[P]"},
    {"clock": "arrive", "kinds": ["manhole"], "within": "2 h", "source": "published: guard 2 h, mend 8 h"},
    {"clock": "arrive", "kinds": ["low_pressure"], "within": "24 h", "source": "published: on site 24 h"},
    {
        "clock": "arrive",
        "kinds": ["water_quality", "discoloured"],
        "within": "2 h",
        "source": "published: 2 h",
    },
    {"clock": "stop_water", "kinds": ["burst"], "within": "4 h", "source": "Lianyungang: 4 h"},
    {
        "clock": "repair",
        "kinds": ["burst"],
        "over_mm": 500,
        "within": "48 h",
        "source": "Lianyungang: up to DN500 24 h, above 48 h",
    },
    {
        "clock": "repair",
        "kinds": ["burst", "leak", "no_water", "pump_trip"],
        "within": "24 h",
        "source": "Lianyungang: up to DN500 24 h, above 48 h",
    },
    {"clock": "repair", "kinds": ["manhole"], "within": "8 h", "source": "published: guard 2 h, mend 8 h"},
    {
        "clock": "reply",
        "kinds": ["water_quality", "discoloured"],
        "within": "24 h",
        "source": "published: 24 h",
    },
    {"clock": "reply", "kinds": ["low_pressure"], "within": "4 h", "source": "published: 4 h"},
    {"clock": "reply", "kinds": ["meter"], "within": "2 working days", "source": "DBJ41 6.3 (Henan)"},
    {"clock": "reply", "kinds": ["complaint"], "within": "5 working days", "source": "DBJ41 (Henan)"},
    {"clock": "inform", "callers": True, "within": "2 h", "source": "[P] after completion"},
    {"clock": "callback", "callers": True, "within": "1 d", "source": "[P] the day after completion"},
]


def _slot(id: str, zh: str, since: str, until: str, capacity: int, days: str = "working") -> dict[str, Any]:
    """[P]"""
    return {
        "id": id,
        "name_zh": zh,
        "name_en": id.removesuffix("-pm"),
        "since": since,
        "until": until,
        "capacity": capacity,
        "days": days,
    }


CN_DEFAULT_DATA: dict[str, Any] = {
    "profile": "cn-default",
    "night": {"since": 22, "until": 6},
    "clocks": _CLOCKS,
    "duties": [
        {"segment": "dialysis", "within": "10 min", "lead": "48 h"},
        {"segment": "hospital", "within": "10 min", "lead": "48 h"},
        {"segment": "school", "within": "20 min"},
        {"segment": "nursing", "within": "20 min"},
        {"segment": "large_user", "within": "30 min", "lead": "48 h"},
        {"segment": "vulnerable", "within": "60 min", "how": "visit"},
    ],
    "appointments": {
        "services": ["meter", "low_pressure", "complaint"],
        "slots": [
            _slot("morning", "上午", "09:00", "12:00", 8),
            _slot("afternoon", "下午", "14:00", "17:00", 8),
            _slot("evening", "晚间延时", "18:30", "20:30", 4),
            _slot("weekend", "周末错时", "09:00", "12:00", 4, "rest"),
            _slot("weekend-pm", "周末错时", "14:00", "17:00", 4, "rest"),
        ],
    },
    "notices": {
        "update": "60 min",
        "neutral_after": "10 min",
        "review": "60 min",
        "restore": [
            {"up_to_mm": 150, "earliest": "4 h", "latest": "8 h"},
            {"up_to_mm": 300, "earliest": "5 h", "latest": "10 h"},
            {"up_to_mm": 500, "earliest": "6 h", "latest": "14 h"},
            {"earliest": "10 h", "latest": "24 h"},
        ],
    },
}

CN_DEFAULT_FILE = ServiceTimesFile.model_validate(CN_DEFAULT_DATA)
