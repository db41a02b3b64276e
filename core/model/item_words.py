"""What a laboratory looks for, as people call it, in both languages."""

from collections.abc import Mapping

from core.model.text import Text

ITEMS: Mapping[str, Text] = {
    "free_chlorine": Text("游离氯", "Free chlorine"),
    "total_chlorine": Text("总氯", "Total chlorine"),
    "ozone": Text("臭氧", "Ozone"),
    "chlorine_dioxide": Text("二氧化氯", "Chlorine dioxide"),
    "turbidity": Text("浑浊度", "Turbidity"),
    "ph": Text("pH", "pH"),
    "color": Text("色度", "Colour"),
    "odor_taste": Text("臭和味", "Odour and taste"),
    "visible": Text("肉眼可见物", "Visible matter"),
    "total_coliform": Text("总大肠菌群", "Total coliforms"),
    "e_coli": Text("大肠埃希氏菌", "E. coli"),
    "hpc": Text("菌落总数", "Heterotrophic plate count"),
    "arsenic": Text("砷", "Arsenic"),
    "cadmium": Text("镉", "Cadmium"),
    "chromium6": Text("铬（六价）", "Chromium (VI)"),
    "lead": Text("铅", "Lead"),
    "mercury": Text("汞", "Mercury"),
    "cyanide": Text("氰化物", "Cyanide"),
    "fluoride": Text("氟化物", "Fluoride"),
    "nitrate_n": Text("硝酸盐（以N计）", "Nitrate (as N)"),
    "nitrate": Text("硝酸盐", "Nitrate"),
    "chloroform": Text("三氯甲烷", "Chloroform"),
    "dbcm": Text("一氯二溴甲烷", "Dibromochloromethane"),
    "bdcm": Text("二氯一溴甲烷", "Bromodichloromethane"),
    "bromoform": Text("三溴甲烷", "Bromoform"),
    "dcaa": Text("二氯乙酸", "Dichloroacetic acid"),
    "tcaa": Text("三氯乙酸", "Trichloroacetic acid"),
    "bromate": Text("溴酸盐", "Bromate"),
    "chlorite": Text("亚氯酸盐", "Chlorite"),
    "chlorate": Text("氯酸盐", "Chlorate"),
    "thm_ratio": Text("三卤甲烷（比值之和）", "Trihalomethanes (sum of ratios)"),
    "aluminium": Text("铝", "Aluminium"),
    "iron": Text("铁", "Iron"),
    "manganese": Text("锰", "Manganese"),
    "copper": Text("铜", "Copper"),
    "zinc": Text("锌", "Zinc"),
    "chloride": Text("氯化物", "Chloride"),
    "sulfate": Text("硫酸盐", "Sulfate"),
    "tds": Text("溶解性总固体", "Total dissolved solids"),
    "hardness": Text("总硬度", "Total hardness"),
    "codmn": Text("高锰酸盐指数（以O₂计）", "Permanganate index (as O₂)"),
    "ammonia_n": Text("氨（以N计）", "Ammonia (as N)"),
    "gross_alpha": Text("总α放射性", "Gross alpha activity"),
    "gross_beta": Text("总β放射性", "Gross beta activity"),
    "antimony": Text("锑", "Antimony"),
    "barium": Text("钡", "Barium"),
    "boron": Text("硼", "Boron"),
    "molybdenum": Text("钼", "Molybdenum"),
    "nickel": Text("镍", "Nickel"),
    "silver": Text("银", "Silver"),
    "thallium": Text("铊", "Thallium"),
    "selenium": Text("硒", "Selenium"),
    "perchlorate": Text("高氯酸盐", "Perchlorate"),
    "dichloromethane": Text("二氯甲烷", "Dichloromethane"),
    "carbon_tetrachloride": Text("四氯化碳", "Carbon tetrachloride"),
    "vinyl_chloride": Text("氯乙烯", "Vinyl chloride"),
    "trichloroethylene": Text("三氯乙烯", "Trichloroethylene"),
    "tetrachloroethylene": Text("四氯乙烯", "Tetrachloroethylene"),
    "benzene": Text("苯", "Benzene"),
    "toluene": Text("甲苯", "Toluene"),
    "xylenes": Text("二甲苯（总量）", "Xylenes"),
    "acetochlor": Text("乙草胺", "Acetochlor"),
    "atrazine": Text("莠去津", "Atrazine"),
    "mib": Text("2-甲基异莰醇", "2-Methylisoborneol"),
    "geosmin": Text("土臭素", "Geosmin"),
    "volatile_phenols": Text("挥发酚类（以苯酚计）", "Volatile phenols (as phenol)"),
    "anionic_surfactants": Text("阴离子合成洗涤剂", "Anionic surfactants"),
    "sodium": Text("钠", "Sodium"),
    "tthm": Text("总三卤甲烷", "Total trihalomethanes"),
    "haa5": Text("五种卤乙酸", "Haloacetic acids (five)"),
    "ammonium": Text("铵", "Ammonium"),
    "conductivity": Text("电导率", "Conductivity"),
    "microcystin_lr": Text("微囊藻毒素-LR", "Microcystin-LR"),
}
"""In the order of the standard's tables."""

ORDER: Mapping[str, int] = {item: n for n, item in enumerate(ITEMS)}


def named(item: str) -> Text:
    """As people call it; what nobody has named by its own word."""
    return ITEMS.get(item, Text(item, item))


def place_of(item: str) -> int:
    """Where it stands in a list; what has no place comes last."""
    return ORDER.get(item, len(ORDER))
