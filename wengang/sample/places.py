"""Where the made-up province lies: real division codes of Gansu with their wage class, and what goes with a class."""

from __future__ import annotations

# County-level codes by wage class, with 兰州新区 620171 and 甘肃矿区 629900 (no public code) in class 1.
_COUNTIES = {
    1: "620102 620103 620104 620105 620111 620171 620201 620302 620902 620981 620982 629900",
    2: "620121 620122 620123 620321 620402 620403 620802 620921 620922 620923 620924 623001",
    3: (
        "620421 620422 620423 620502 620503 620602 620702 620821 620822 620823 620825 620826 620881 621002 "
        "621102 621202 622901 623021 623022 623023 623024 623025 623026 623027"
    ),
    4: (
        "620521 620522 620523 620524 620525 620621 620622 620623 620721 620722 620723 620724 620725 621021 "
        "621022 621023 621024 621025 621026 621027 621121 621122 621123 621124 621125 621126 621221 621222 "
        "621223 621224 621225 621226 621227 621228 622921 622922 622923 622924 622925 622926 622927"
    ),
}
_CITIES = (
    "620100 兰州,620200 嘉峪关,620300 金昌,620400 白银,620500 天水,620600 武威,620700 张掖,620800 平凉,"
    "620900 酒泉,621000 庆阳,621100 定西,621200 陇南,622900 临夏,623000 甘南,620171 兰州新区,629900 甘肃矿区"
)
OWN_ACCOUNT = "620000"
NO_STANDARD = "629900"
"""甘肃矿区 stands in no published list of wage classes, so what is drawn there cannot be compared with a standard."""
UNITS = {part.split(" ")[0]: part.split(" ")[1] for part in _CITIES.split(",")}
"""Accounts of the ledger below the province's own: 14 prefectures, 兰州新区, 甘肃矿区."""

# Monthly benefit in yuan by wage class 1 to 4, from that month on (the later ones are 90 % of the minimum wage).
STANDARDS = (
    ((2015, 1), (1081, 1009, 936, 879)),
    ((2017, 7), (1189, 1110, 1030, 967)),
    ((2019, 1), (1458, 1413, 1368, 1323)),
    ((2022, 7), (1638, 1593, 1548, 1503)),
    ((2023, 11), (1818, 1764, 1719, 1665)),
)
OPEN_END = 999_999
"""A month after all months."""


def month_index(year: int, month: int) -> int:
    """Number the months through, so that they can be counted."""
    return year * 12 + month - 1


def counties() -> list[tuple[int, str, str, int, float]]:
    """Return position, code, ledger account, wage class and relative weight of every county, by code."""
    found = []
    pairs = sorted((code, cls) for cls, codes in _COUNTIES.items() for code in codes.split())
    for position, (code, cls) in enumerate(pairs, start=1):
        unit = code if code in UNITS else code[:4] + "00"
        weight = {1: 5.0, 2: 2.0, 3: 1.5, 4: 1.0}[cls] * (0.3 if code == NO_STANDARD else 1.0)
        found.append((position, code, unit, cls, weight))
    return found


def standards() -> list[tuple[int, int, int, int]]:
    """Return class, first month, month after the last and monthly benefit."""
    starts = [month_index(*start) for start, _ in STANDARDS] + [OPEN_END]
    return [
        (cls, starts[i], starts[i + 1], amounts[cls - 1])
        for i, (_, amounts) in enumerate(STANDARDS)
        for cls in (1, 2, 3, 4)
    ]
