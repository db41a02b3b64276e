"""Articles that crews use: the utility's own rows in the ledger, over these for a start. Sizes and prices are
examples of this project's own."""

from core.model.usage import Material, Part
from core.ports.ledger import Tx

_IRON = (Material.DUCTILE_IRON, Material.GREY_IRON, Material.STEEL)
_CLAMPS = (
    (100, 95, 125),
    (150, 145, 180),
    (200, 195, 230),
    (300, 295, 340),
    (400, 395, 445),
    (500, 495, 550),
)
"""Nominal size and the outer diameters that it takes, mm."""

DEFAULT: tuple[Part, ...] = (
    *(
        Part(
            id=f"clamp-{size}",
            name_zh=f"抢修卡箍 DN{size}",
            name_en=f"repair clamp DN{size}",
            price=float(size),
            from_mm=float(low),
            to_mm=float(high),
            materials=_IRON,
        )
        for size, low, high in _CLAMPS
    ),
    Part(id="coupling-100", name_zh="伸缩接头 DN100", name_en="coupling DN100", price=180.0),
    Part(id="pipe-di-200", name_zh="球墨管 DN200", name_en="ductile pipe DN200", unit="m", price=260.0),
    Part(id="gasket", name_zh="密封圈", name_en="gasket", price=12.0),
)


async def parts(tx: Tx) -> dict[str, Part]:
    """Every article by its code; the utility's own row stands for one of the same code."""
    return {part.id: part for part in (*DEFAULT, *await tx.find(Part))}
