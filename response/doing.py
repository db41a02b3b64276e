"""What is being done on site, in the words of notices, callers and checks."""

from collections.abc import Mapping
from types import MappingProxyType

from core.model.notice import Site
from core.model.text import Text

DOING: Mapping[Site, Text] = MappingProxyType(
    {
        Site.ORGANISED: Text("正在组织核实和抢修", "a crew is being organised to check and repair it"),
        Site.ON_THE_WAY: Text("抢修人员正赶往现场", "a crew is on its way"),
        Site.LOOKING: Text("抢修人员已到现场查找", "a crew is on site and looking for the place"),
        Site.SHUTTING: Text("正在关阀止水", "valves are being shut for the repair"),
        Site.SHUT: Text("已关阀止水，准备抢修", "valves have been shut for the repair"),
        Site.REPAIRING: Text("正在抢修", "it is being repaired"),
        Site.FLUSHING: Text("正在充水冲洗", "the main is being filled and flushed"),
        Site.TO_OPEN: Text(
            "抢修工作已完成，阀门尚待开启，开阀后逐步恢复供水",
            "the repair is done; valves are still to be opened, then water comes back",
        ),
        Site.OPENING: Text(
            "抢修工作已完成，正在开启阀门，开阀后逐步恢复供水",
            "the repair is done; valves are being opened, then water comes back",
        ),
        Site.RETURNING: Text(
            "抢修工作已完成，正在恢复供水，供水可能尚未稳定",
            "the repair is done and supply is being restored; it may not be steady yet",
        ),
        Site.NOTHING_YET: Text(
            "抢修人员已到现场检查，暂未发现故障，仍在监测",
            "a crew has checked on site and found nothing so far; it is still being watched",
        ),
        Site.NOTHING_FOUND: Text(
            "抢修人员已到现场检查，没有发现需要维修的故障",
            "a crew has checked on site and found nothing to repair",
        ),
        Site.NOT_OURS: Text(
            "抢修人员已到现场检查，故障不在供水单位的管道上",
            "a crew has checked on site: it is not the utility's own pipe",
        ),
        Site.PASSED_ON: Text(
            "抢修人员已到现场检查，已转交有关单位处理",
            "a crew has checked on site and passed it on to those in charge of it",
        ),
        Site.UNSAID: Text(
            "现场工作已结束，结果正在核实",
            "the work on site is over and what came of it is being confirmed",
        ),
    }
)
