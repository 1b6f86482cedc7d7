"""ISRC and EAN: what is taken, in which form it is kept, and what is refused in which words."""

import pytest

from studiod.mastering.release import codes


@pytest.mark.parametrize(
    "text", ["GBUM72629604", "gb-um7-26-29604", "ISRC GB-UM7-26-29604", "isrc gbum72629604", " GB UM7 26 29604 "]
)
def test_an_isrc_is_taken_as_people_write_it(text: str) -> None:
    assert codes.isrc(text) == "GBUM72629604"
    assert codes.hyphened(codes.isrc(text)) == "GB-UM7-26-29604"


@pytest.mark.parametrize("text", ["", "GBUM7262960", "GBUM726296041", "G1UM72629604", "GBUM7262960X", "GB_UM72629604"])
def test_what_is_no_isrc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an ISRC: 2 letters, 3 letters or digits"):
        codes.isrc(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0602527474519", "0602527474519"),
        ("602527474519", "0602527474519"),  # UPC: an EAN with a leading 0
        ("4006381333931", "4006381333931"),
        ("4-006381-333931", "4006381333931"),
    ],
)
def test_an_ean_is_kept_with_13_digits(text: str, kept: str) -> None:
    assert codes.upc(text) == kept


def test_of_ten_last_digits_one_is_right_and_the_others_are_told_it() -> None:
    right = [d for d in "0123456789" if _taken("400638133393" + d)]
    assert right == ["1"]
    with pytest.raises(ValueError, match="the check digit 1 at the end, as in 4006381333931"):
        codes.upc("4006381333938")


def _taken(text: str) -> bool:
    try:
        codes.upc(text)
    except ValueError:
        return False
    return True
