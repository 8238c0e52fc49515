"""How amounts are printed: unit, decimals, thousands, and what stands where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Style:
    """``zero`` stands for nothing ("" leaves the cell blank). ``bare`` drops trailing zeros of decimals."""

    unit: str = "万元"
    decimals: int = 6
    grouped: bool = False
    zero: str = ""
    bare: bool = False

    def show(self, yuan: Decimal, *, always: bool = False) -> str:
        """``yuan`` as printed; ``always`` prints a zero even where nothing leaves a blank."""
        if not yuan:
            return self.zero or ("0.00" if always else "")
        value = yuan / 10000 if self.unit == "万元" else yuan
        text = f"{value:{',' if self.grouped else ''}.{self.decimals}f}"
        if self.bare and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text
