"""Which style sheets each page has, after those that all have."""

SHEETS = {
    "wall": ["css/wall.css", "css/wall_parts.css"],
    "wall_event": ["css/wall.css", "css/wall_parts.css", "css/wall_event.css"],
    "wall_quality": ["css/wall.css", "css/wall_parts.css", "css/wall_quality.css"],
    "wall_zone": ["css/wall.css", "css/wall_parts.css", "css/wall_zone.css"],
    "wall_check": ["css/wall.css", "css/wall_check.css"],
    "desk": ["css/room.css", "css/desk.css"],
    "trends": ["vendor/uplot/uPlot.min.css", "css/room.css", "css/trends.css"],
    "hotline": ["css/room.css", "css/hotline.css"],
    "crew": ["css/room.css", "css/crew.css"],
    "board": ["css/room.css", "css/board.css"],
    "phone": ["css/room.css", "css/phone.css"],
    "deliveries": ["css/room.css", "css/deliveries.css"],
    "notices": ["css/room.css", "css/notices.css"],
    "map": ["css/room.css", "css/past.css", "css/map.css"],
    "replay": ["css/room.css", "css/past.css", "css/replay.css"],
    "handover": ["css/room.css", "css/handover.css"],
    "orders": ["css/room.css", "css/orders.css"],
    "reports": ["css/room.css", "css/reports.css"],
    "sign_in": ["css/room.css", "css/sign_in.css"],
    "refused": ["css/room.css", "css/sign_in.css"],
}
