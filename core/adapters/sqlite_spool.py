"""The spool's former name, until every test says the new one."""

from core.adapters.segment_spool.spool import SegmentSpool as SqliteSpool

__all__ = ["SqliteSpool"]
