"""Names as a Chinese city has them; common ones, belonging to no place in particular."""

from collections.abc import Iterator

from core.model.text import Text

_STEMS = (
    "人民 Renmin|解放 Jiefang|中山 Zhongshan|建设 Jianshe|和平 Heping|文化 Wenhua|滨河 Binhe|朝阳 Chaoyang|"
    "东风 Dongfeng|光明 Guangming|长江 Changjiang|黄河 Huanghe|青年 Qingnian|幸福 Xingfu|新华 Xinhua|"
    "胜利 Shengli|友谊 Youyi|学府 Xuefu|科技 Keji|工业 Gongye|迎宾 Yingbin|站前 Zhanqian|北京 Beijing|"
    "上海 Shanghai|南京 Nanjing|天津 Tianjin|广州 Guangzhou|杭州 Hangzhou|成都 Chengdu|昆明 Kunming|"
    "柳园 Liuyuan|桃园 Taoyuan|杏林 Xinglin|竹园 Zhuyuan|梅园 Meiyuan|松江 Songjiang|翠湖 Cuihu|"
    "莲花 Lianhua|牡丹 Mudan|丹桂 Dangui|龙泉 Longquan|凤凰 Fenghuang|金山 Jinshan|银河 Yinhe"
)
_KINDS = "路 Road|街 Street|东路 East Road|西路 West Road|北街 North Street|南街 South Street"
_DISTRICTS = (
    "城东 Chengdong|城西 Chengxi|老城 Laocheng|开发区 Kaifaqu|大学城 Daxuecheng|滨江 Binjiang|"
    "高铁新城 Gaotie|北苑 Beiyuan|南湖 Nanhu|工业园 Gongyeyuan|东湖 Donghu|西山 Xishan"
)
PLACES = (
    ("hospital", "人民医院", "People's Hospital"),
    ("school", "第一中学", "No. 1 Middle School"),
    ("dialysis", "血液透析中心", "Dialysis Centre"),
    ("school", "实验小学", "Experimental Primary School"),
    ("hospital", "中医院", "Hospital of Chinese Medicine"),
    ("market", "农贸市场", "Farmers' Market"),
    ("nursing_home", "福利院", "Welfare Home"),
    ("school", "第二中学", "No. 2 Middle School"),
    ("large_user", "食品厂", "Food Factory"),
    ("hospital", "妇幼保健院", "Maternity Hospital"),
    ("large_user", "印染厂", "Dye Works"),
    ("station", "汽车站", "Coach Station"),
)


def streets() -> Iterator[Text]:
    """264 street names, no two alike, the commonest first."""
    for kind in _KINDS.split("|"):
        kind_zh, kind_en = kind.split(" ", 1)
        for stem in _STEMS.split("|"):
            zh, en = stem.split(" ")
            yield Text(zh + kind_zh, f"{en} {kind_en}")


def districts() -> Iterator[Text]:
    for name in _DISTRICTS.split("|"):
        zh, en = name.split(" ")
        yield Text(f"{zh}片区", f"{en} area")


def pinyin(name: Text) -> str:
    """An id from a name: `renmin-road`."""
    return name.en.lower().replace(" ", "-").replace("'", "")
