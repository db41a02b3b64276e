"""What people read about the hub's own conditions: what is the matter, and what to do."""

from core.model.text import Text
from core.ports.historian import Hold

SPOOL_FILLING = (
    Text("缓冲区快满了：后面的存储跟不上或已停", "The spool is filling: a store behind it is slow or away"),
    Text(
        "恢复历史库；必要时腾出磁盘空间或调大 spool.max_bytes",
        "Bring the store back; if need be free disk space or raise spool.max_bytes",
    ),
)
WARM_UP_PENDING = (
    Text(
        "历史库不可用：部分爆管检测和周规律预测尚未学习过去的数据，暂不能判断；其他告警照常",
        "The historian is away: some burst detectors and weekly forecasts have not learned the past and"
        " cannot judge yet; all other alarms work",
    ),
    Text(
        "恢复历史库；恢复后自动补学，无需重启",
        "Bring the historian back; they learn by themselves then, without a restart",
    ),
)
HISTORY_WAITING = (
    Text(
        "历史库不可用：启动前的历史文件尚未导入，文件保留不动",
        "The historian is away: files of the time before are not imported yet, and stay where they are",
    ),
    WARM_UP_PENDING[1],
)
PAST_DAMAGED = (
    Text(
        "历史库文件损坏，已移到一旁：新数据照常存储，但此前的历史查不到",
        "The historian's file was damaged and is put aside: new samples are stored, but history from before"
        " cannot be read",
    ),
    Text(
        "检查磁盘；停止中心，放回备份后启动。处理完毕，把 historian.db.damaged-* 移出数据目录",
        "Check the disk; stop the hub, put a backup back, and start. When that is settled, take"
        " historian.db.damaged-* out of the data folder",
    ),
)
SPOOL_FULL = (
    Text(
        "缓冲区已满：不再确认上报数据，轮询数据按比例舍弃并计数",
        "The spool is full: pushed data is no longer acknowledged, polled data is thinned and counted",
    ),
    SPOOL_FILLING[1],
)
SPOOL_CORRUPT = (
    Text(
        "缓冲区文件损坏：能校验的已保留，其余已计数",
        "A file of the spool was damaged: what verifies was kept, the rest is counted",
    ),
    Text(
        "检查磁盘（SMART、内核日志）；确认后删除 spool 目录中的 *.corrupt-* 文件",
        "Check the disk (SMART, kernel log); then remove the *.corrupt-* files from the spool folder",
    ),
)
SPOOL_SILENT = (
    Text("磁盘没有响应：数据暂不能落盘", "The disk does not answer: nothing can be made durable"),
    Text("检查磁盘和存储系统", "Check the disk and what it is attached to"),
)
PHOTOS_FULL = (
    Text(
        "照片空间已满：抢修手机的照片留在手机上待发",
        "There is no room for photos: crews' phones keep theirs until there is",
    ),
    Text(
        "腾出磁盘空间，或调大 hub.yaml 的 photos.max_bytes 后重启",
        "Free disk space, or raise photos.max_bytes in hub.yaml and start the hub again",
    ),
)
QUARANTINE_GROWING = (
    Text("有数据被拒收并隔离", "Data is being refused and put in quarantine"),
    Text(
        "用 waterhub quarantine list 查看原因，改正后 replay",
        "See why with `waterhub quarantine list`, mend it, then replay",
    ),
)
AUDIT_BROKEN = (
    Text(
        "操作审计与外部锚点不符：记录被改动过",
        "The audit does not hold: entries were changed afterwards",
    ),
    Text(
        "保护现场，不要改动数据目录；运行 waterhub audit verify 并上报",
        "Leave the data folder as it is; run `waterhub audit verify`, and report it",
    ),
)
LINE_UNSTEADY = (
    Text("采集连接时断时续", "A connection comes and goes"),
    Text(
        "检查该站点的网络、供电和网关；稳定10分钟后自动消失",
        "Check the station's network, power and gateway; it goes by itself after ten steady minutes",
    ),
)
NOBODY_REACHED = (
    Text("报警通知没有送达任何人", "A call for help reached nobody"),
    Text(
        "查看通知记录中的原因，检查通道（内网地址须写 internal: true）和值班表；请直接联系值班人员",
        "See why in the notification log, mend channel (an internal address needs `internal: true`) or rota; "
        "reach the people on duty by hand",
    ),
)
CUSTOMERS_UNREACHED = (
    Text("一个用户通知渠道不通，消息在等待", "A channel to customers is down; messages wait"),
    Text(
        "在“用户通知”页查看原因；检查网络、密钥和服务商，内网地址须写 internal: true；紧急消息会改走其他渠道",
        "See why on the page of messages to customers; mend network, secret or contract (an internal address "
        "needs `internal: true`); urgent ones go by another channel",
    ),
)
NO_COVER = (
    Text(
        "未来7天有时段无人值班，或值班人的已验证联系方式不足两种",
        "Within seven days somebody is not on call, or can be reached by fewer than two proven ways",
    ),
    Text(
        "补齐 escalation.yaml 的值班表；用 waterhub notify test 验证联系方式",
        "Fill the rota in escalation.yaml; prove ways with `waterhub notify test`",
    ),
)
AUDITOR_SILENT = (
    Text("报警通知的独立核查已停止", "The auditor of calls for help does not answer"),
    Text("启动 waterhub auditor，并查看其日志", "Start `waterhub auditor`, and read its log"),
)
CALLS_SILENT = (
    Text("独立核查发现：有报警应通知而未通知", "The auditor found alarms of which nobody was told in time"),
    Text(
        "请直接联系值班人员；查看通知记录和中心日志",
        "Reach the people on duty by hand; then see the notification log and the hub's log",
    ),
)
UNACCOUNTED = (
    Text("样本收支不平：这是程序缺陷", "Samples do not balance: this is a defect of the hub"),
    Text("请把指标 waterhub_samples 附上并报告", "Report it with the metric waterhub_samples"),
)
STORE = {
    Hold.AWAY: (
        Text("历史库没有响应，数据在缓冲区等待", "The store does not answer; samples wait in the spool"),
        Text("检查历史库服务和网络", "Check the store's service and the network"),
    ),
    Hold.BUSY: (
        Text("历史库要求放慢，数据在缓冲区等待", "The store asks to be spared; samples wait in the spool"),
        Text("检查历史库负载；会自动继续", "Check the store's load; it goes on by itself"),
    ),
    Hold.TOKEN: (
        Text("历史库拒绝令牌，数据在缓冲区等待", "The store refuses the token; samples wait in the spool"),
        Text(
            "换上有写权限的令牌（hub.yaml 的 token_file）",
            "Put a token with the right to write in hub.yaml's token_file",
        ),
    ),
    Hold.BUCKET: (
        Text("历史库中没有这个桶或组织，数据在缓冲区等待", "The bucket is not there; samples wait"),
        Text("运行 waterhub migrate，或在历史库中重建", "Run `waterhub migrate`, or make it again"),
    ),
    Hold.DISK: (
        Text(
            "历史库的磁盘已满或损坏，或文件不在原处，数据在缓冲区等待",
            "The store's disk is full or failing, or its file is not in its place; samples wait",
        ),
        Text(
            "腾出空间，或放回文件；若为磁盘故障，更换后重启中心",
            "Free space, or put the file back; if the disk fails, replace it and start the hub again",
        ),
    ),
}
UNAUTHORISED = (
    Text("报警总表有未经批准的改动", "The master alarm database has changes that nobody approved"),
    Text(
        "在“报警总表”页查看是哪一行哪一项；改回文件，或提出改动由另一人批准",
        "See which row and field on the master alarm database page; put the file back, or propose the change "
        "for another person to approve",
    ),
)
MASTER_UNFIT = (
    Text(
        "已批准的报警与本厂测点不符，没有运行",
        "Some approved alarms do not fit the plant's tags, and do not run",
    ),
    Text(
        "恢复 tags.csv 或 zones.csv 中的测点与分区，或在“报警总表”页提出改动",
        "Put the tags or zones back into tags.csv or zones.csv, or propose a change on the master alarm "
        "database page",
    ),
)
LETTERBOX_AWAY = (
    Text(
        "取不到公众门户信箱里的反映：门户页面会请用户改打热线",
        "The portal's letterbox cannot be fetched from: its pages ask citizens to call instead",
    ),
    Text(
        "检查门户服务、网络和 portal.letterbox 的地址；两台机器时钟相差不得超过5分钟",
        "Check the portal, the network and the address in portal.letterbox; the two clocks must agree within "
        "5 minutes",
    ),
)
LETTERS_MANY = (
    Text(
        "1小时内网上反映已自动开立30张工单，其余只登记、不再开单",
        "Reports from the portal opened 30 orders within an hour; more are kept, but open none",
    ),
    Text(
        "核对是否为恶意提交；真实情况请由热线或调度开单",
        "Check whether they are genuine; open orders for what is real by hand",
    ),
)
LETTERS_REFUSED = (
    Text(
        "24小时内有公众信箱来信打不开或不合规，已隔离",
        "Letters from the portal were refused within 24 h, and kept",
    ),
    Text(
        "查看日志中的原因；若为 another_key 或 tampered，检查门户主机是否被入侵、keys/letters.key 是否更换",
        "See the reason in the log; of another_key or tampered, check whether the portal's host was broken "
        "into or keys/letters.key was replaced",
    ),
)
