"""What a LOINC code looks like, so that a slip of the pen is told at once."""

from __future__ import annotations

import re

_CODE = re.compile(r"(\d{1,7})-(\d)", re.ASCII)


def is_loinc(code: str) -> bool:
    """Shape and check digit: modulus 10, every second digit from the right doubled."""
    shape = _CODE.fullmatch(code)
    if not shape:
        return False
    digits = [int(digit) for digit in reversed(shape[1])]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[::2]]
    return (sum(doubled) + sum(digits[1::2]) + int(shape[2])) % 10 == 0
