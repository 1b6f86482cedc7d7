"""The codes of a release: ISRC of recordings, EAN of the release.  Checked and brought to the form that files hold.

ISO 3901:2019 (ISRC: no check digit, and its two letters are no country any more); GS1 General Specifications (EAN-13).
"""

import re

ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
PREFIX = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")
AUTO = "auto"
LAST = 99_999  # of a prefix and a year


def compact(text: str) -> str:
    """Without what is there for the eye: hyphens, spaces, a leading ISRC, small letters."""
    return re.sub(r"[\s-]", "", text).upper().removeprefix("ISRC")


def isrc(text: str) -> str:
    """The 12 characters of a code.  Raises ValueError, which says what was expected."""
    code = compact(text)
    if not ISRC.fullmatch(code):
        raise ValueError(
            "an ISRC: 2 letters, 3 letters or digits, 2 digits of the year, 5 digits, as in GB-UM7-26-29604"
        )
    return code


def hyphened(code: str) -> str:
    """GB-UM7-26-29604, as people read it."""
    return f"{code[:2]}-{code[2:5]}-{code[5:7]}-{code[7:]}"


def made(prefix: str, year: int, number: int) -> str:
    """A code from its parts."""
    return f"{prefix}{year:02d}{number:05d}"


def check_digit(digits: str) -> str:
    """The last digit of an EAN-13, from the 12 before it."""
    total = sum(int(digit) * (3 if k % 2 else 1) for k, digit in enumerate(digits))
    return str(-total % 10)


def upc(text: str) -> str:
    """The 13 digits of an EAN, which a UPC of 12 becomes with a leading 0.  Raises ValueError: what was expected."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{12,13}", digits):
        raise ValueError("12 digits (UPC) or 13 (EAN)")
    whole = digits.zfill(13)
    right = check_digit(whole[:12])
    if whole[12] != right:
        raise ValueError(
            f"the check digit {right} at the end, as in {digits[:-1]}{right}; look at the other digits too"
        )
    return whole
