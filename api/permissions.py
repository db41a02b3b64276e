"""The house's one permission matrix, as data. Denied unless listed."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from core.model.account import Role


class Permission(StrEnum):
    """What a route asks for. PUBLIC: anyone, signed in or not. SIGNED_IN: any role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    VALUES = "values"
    """Live values, trends and the network's drawing."""
    COLLECTION = "collection"
    """How connections, devices, spool and quarantine are."""
    ALARMS = "alarms"
    INCIDENTS = "incidents"
    WORK_ORDERS = "work_orders"
    NOTICES = "notices"
    DELIVERIES = "deliveries"
    """How many customers were told, by which channels."""
    ACKNOWLEDGE = "acknowledge"
    DECIDE_INCIDENT = "decide_incident"
    MOVE_WORK_ORDER = "move_work_order"
    OPEN_WORK_ORDER = "open_work_order"
    """By hand, or from a report; and reports hung on it."""
    HAND_OVER = "hand_over"
    """An order that one answers for."""
    LOCK_FLOW = "lock_flow"
    """People (an administrator), crews, areas and services (a duty manager) take no new orders."""
    NOTE_WORK_ORDER = "note_work_order"
    """Notes between field, desk and hotline."""
    DRAFT_NOTICE = "draft_notice"
    APPROVE_NOTICE = "approve_notice"
    TELL_FIRE_SERVICE = "tell_fire_service"
    """Write down that the fire service was told of hydrants without water."""
    PUBLISH_NOTICE = "publish_notice"
    ISSUE_NEUTRAL = "issue_neutral"
    """The pre-approved neutral text, when no duty manager answered for ten minutes."""
    SHELVE = "shelve"
    """Within the limits of an alarm's priority."""
    PROPOSALS = "proposals"
    PROPOSE_OOS = "propose_out_of_service"
    DECIDE_PROPOSAL = "decide_proposal"
    """What another person proposed."""
    RETURN_TO_SERVICE = "return_to_service"
    MASTER = "master"
    """The master alarm database, its versions and what differs from it."""
    PROPOSE_MASTER = "propose_master"
    DECIDE_MASTER = "decide_master"
    """A change that another person proposed."""
    PLAN = "plan"
    """Planned activities within limits: a sensor in maintenance until a stated time, a week at most."""
    CALLS = "calls"
    """Who is on call, and who was told what."""
    DUTIES = "duties"
    """To speak to key customers, and to write down that they heard."""
    CALLBACKS = "callbacks"
    """To call back whoever reported something; never by those who did the work."""
    REPORTS = "reports"
    """Figures of the service, and what the supervising authority is told."""
    AUDIT = "audit"
    """Who did what, as whom and why, entry by entry."""
    FILE_REPORT = "file_report"
    SHIFT_LOG = "shift_log"
    """What a shift of the control room hands to the next."""
    KEEP_SHIFT_LOG = "keep_shift_log"
    """Note in it, hand it over, take it."""
    QUALITY_DECISIONS = "quality_decisions"
    """What people decided about publishing on-line quality."""
    HOLD_PUBLICATION = "hold_publication"
    """Of on-line quality, for four hours at most."""
    LABEL_FAULT = "label_fault"
    """Call published hours an instrument's fault: one proposes, another approves."""
    CUSTOMERS = "customers"
    """Customers' names and phones, masked; each read is logged."""


class Limit(StrEnum):
    """How far a permission reaches."""

    ALL = "all"
    NO_NAMES = "no_names"
    """What a wall shows to everyone in the room: nobody is named."""
    OWN = "own"
    """A crew: its own orders, and their zones."""
    ZONES = "zones"
    """Of live values, the zones' pressure and quality."""
    QUALITY = "quality"
    """Water quality alone."""
    PUBLISHED = "published"
    """What the public was told."""


_READERS = {
    Role.VIEWER: Limit.ALL,
    Role.OPERATOR: Limit.ALL,
    Role.DISPATCHER: Limit.ALL,
    Role.CREW: Limit.OWN,
    Role.DUTY_MANAGER: Limit.ALL,
    Role.QUALITY_OFFICER: Limit.ALL,
    Role.ENGINEER: Limit.ALL,
    Role.ADMIN: Limit.ALL,
}

MATRIX: Mapping[Permission, Mapping[Role, Limit]] = MappingProxyType(
    {
        Permission.PUBLIC: dict.fromkeys(Role, Limit.ALL),
        Permission.SIGNED_IN: dict.fromkeys(Role, Limit.ALL),
        Permission.VALUES: _READERS | {Role.KIOSK: Limit.NO_NAMES, Role.HOTLINE: Limit.ZONES},
        Permission.COLLECTION: {role: limit for role, limit in _READERS.items() if role is not Role.CREW},
        Permission.ALARMS: _READERS | {Role.KIOSK: Limit.NO_NAMES},
        Permission.INCIDENTS: _READERS | {Role.KIOSK: Limit.NO_NAMES, Role.HOTLINE: Limit.ALL},
        Permission.WORK_ORDERS: _READERS | {Role.HOTLINE: Limit.ALL},
        Permission.NOTICES: {
            **_READERS,
            Role.CREW: Limit.PUBLISHED,
            Role.HOTLINE: Limit.ALL,
            Role.REGULATOR: Limit.PUBLISHED,
        },
        Permission.DELIVERIES: {
            **{role: limit for role, limit in _READERS.items() if role is not Role.CREW},
            Role.HOTLINE: Limit.ALL,
            Role.REGULATOR: Limit.PUBLISHED,
        },
        Permission.ACKNOWLEDGE: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
            Role.QUALITY_OFFICER: Limit.QUALITY,
        },
        Permission.DECIDE_INCIDENT: {
            Role.OPERATOR: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
            Role.QUALITY_OFFICER: Limit.QUALITY,
        },
        Permission.MOVE_WORK_ORDER: {
            Role.DISPATCHER: Limit.ALL,
            Role.CREW: Limit.OWN,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.OPEN_WORK_ORDER: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.HOTLINE: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.HAND_OVER: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.CREW: Limit.OWN,
            Role.HOTLINE: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
            Role.QUALITY_OFFICER: Limit.ALL,
        },
        Permission.LOCK_FLOW: {Role.DUTY_MANAGER: Limit.ALL, Role.ADMIN: Limit.ALL},
        Permission.NOTE_WORK_ORDER: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.CREW: Limit.OWN,
            Role.HOTLINE: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.DRAFT_NOTICE: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.HOTLINE: Limit.ALL,
        },
        Permission.TELL_FIRE_SERVICE: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.HOTLINE: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.APPROVE_NOTICE: {
            Role.DUTY_MANAGER: Limit.ALL,
            Role.QUALITY_OFFICER: Limit.QUALITY,
        },
        Permission.PUBLISH_NOTICE: {
            Role.DUTY_MANAGER: Limit.ALL,
            Role.QUALITY_OFFICER: Limit.QUALITY,
        },
        Permission.ISSUE_NEUTRAL: {Role.OPERATOR: Limit.ALL},
        Permission.SHELVE: {
            Role.OPERATOR: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
            Role.ENGINEER: Limit.ALL,
        },
        Permission.PROPOSALS: {role: limit for role, limit in _READERS.items() if role is not Role.CREW},
        Permission.PROPOSE_OOS: {Role.OPERATOR: Limit.ALL, Role.ENGINEER: Limit.ALL},
        Permission.DECIDE_PROPOSAL: {Role.DUTY_MANAGER: Limit.ALL},
        Permission.RETURN_TO_SERVICE: {
            Role.OPERATOR: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
            Role.ENGINEER: Limit.ALL,
        },
        Permission.MASTER: {role: limit for role, limit in _READERS.items() if role is not Role.CREW},
        Permission.PROPOSE_MASTER: {Role.ENGINEER: Limit.ALL},
        Permission.DECIDE_MASTER: {
            Role.DUTY_MANAGER: Limit.ALL,
            Role.ENGINEER: Limit.ALL,
            Role.ADMIN: Limit.ALL,
        },
        Permission.PLAN: {
            Role.OPERATOR: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
            Role.ENGINEER: Limit.ALL,
        },
        Permission.CALLS: {role: limit for role, limit in _READERS.items() if role is not Role.CREW},
        Permission.DUTIES: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.HOTLINE: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.CALLBACKS: {
            Role.DISPATCHER: Limit.ALL,
            Role.HOTLINE: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.REPORTS: {
            **{role: limit for role, limit in _READERS.items() if role is not Role.CREW},
            Role.REGULATOR: Limit.NO_NAMES,
        },
        Permission.AUDIT: {
            Role.DUTY_MANAGER: Limit.ALL,
            Role.REGULATOR: Limit.ALL,
            Role.ADMIN: Limit.ALL,
        },
        Permission.FILE_REPORT: {Role.DUTY_MANAGER: Limit.ALL},
        Permission.SHIFT_LOG: {role: limit for role, limit in _READERS.items() if role is not Role.CREW},
        Permission.KEEP_SHIFT_LOG: {
            Role.OPERATOR: Limit.ALL,
            Role.DISPATCHER: Limit.ALL,
            Role.DUTY_MANAGER: Limit.ALL,
        },
        Permission.QUALITY_DECISIONS: {
            **{role: limit for role, limit in _READERS.items() if role is not Role.CREW},
            Role.REGULATOR: Limit.ALL,
        },
        Permission.HOLD_PUBLICATION: {Role.QUALITY_OFFICER: Limit.ALL},
        Permission.LABEL_FAULT: {Role.QUALITY_OFFICER: Limit.ALL, Role.DUTY_MANAGER: Limit.ALL},
        Permission.CUSTOMERS: {Role.HOTLINE: Limit.ALL, Role.DUTY_MANAGER: Limit.ALL},
    }
)


def granted(role: Role, permission: Permission) -> Limit | None:
    """How far `role` may go, or None: denied."""
    return MATRIX[permission].get(role)


def grants(role: Role) -> dict[str, str]:
    """All that a role may do, for `/api/v1/me` and the screens' own buttons."""
    return {
        permission.value: limit.value
        for permission in Permission
        if (limit := granted(role, permission)) is not None
    }
