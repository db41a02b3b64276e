"""Words of the widget, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

PHRASES: Mapping[str, Text] = {
    "widget_more": Text("查看本片区详情", "More of this area"),
    "widget_missing": Text("没有这个片区。", "There is no such area."),
    "widget_title": Text("放到别的网页上", "On another page"),
    "widget_lead": Text(
        "把下面这段代码放进网页，就能显示一个片区的水质和停水公告，不需要脚本。"
        "片区编号见各片区页的地址；lang=zh或en；large=1为大字（自助终端、适老化）；theme=light或dark，不写则随读者的设备。",
        "This piece of HTML shows an area's water and notices on a page, without script. An area's id stands "
        "in the address of its page; lang=zh or en; large=1 is large type, for kiosks and tired eyes; "
        "theme=light or dark, else as the reader's device has it.",
    ),
    "widget_on": Text("可以放它的网站：{sites}。", "It may stand on: {sites}."),
    "widget_nobody": Text(
        "目前还没有允许任何网站显示它；需要时请联系我们。",
        "No site has been allowed to show it yet; ask us if yours should.",
    ),
}
