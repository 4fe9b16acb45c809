"""Cuts the mathematical font that HTML pages carry: STIX Two Math without hinting, the signs that formulas use.

Run once, by hand:  python build_font.py STIXTwoMath-Regular.ttf
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped, unused-ignore]

RANGES = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x391, 0x3C9), (0x3D1, 0x3F5), (0x2010, 0x2015),
    (0x2026, 0x2026), (0x2032, 0x2037), (0x2061, 0x2064), (0x2070, 0x209C), (0x2102, 0x2102),
    (0x210B, 0x2112), (0x2115, 0x2115), (0x211A, 0x211D), (0x2190, 0x2194), (0x21A6, 0x21A6),
    (0x21D2, 0x21D4), (0x2200, 0x220F), (0x2211, 0x2213), (0x2217, 0x221E), (0x2223, 0x222B),
    (0x2248, 0x2248), (0x2260, 0x226B), (0x2282, 0x2287), (0x22C5, 0x22C6), (0x2308, 0x230B),
    (0x27E8, 0x27E9), (0x27F5, 0x27FA), (0x1D434, 0x1D467), (0x1D49C, 0x1D49F), (0x1D538, 0x1D53C),
    (0x1D6E2, 0x1D71B),
)  # fmt: skip


def main(source: str) -> None:
    options = subset.Options(
        layout_features=["*"], hinting=False, flavor="woff2", notdef_outline=True, name_IDs=[0, 1, 2, 13, 14]
    )
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for low, high in RANGES for code in range(low, high + 1)])
    cutter.subset(font)
    assert "MATH" in font
    subset.save_font(font, str(Path(__file__).with_name("stix-two-math-subset.woff2")), options)


if __name__ == "__main__":
    main(sys.argv[1])
