"""Real lines of scene files, in and out, letter by letter once spaces are squeezed."""

import pytest

from controllers.x32.node import set_line, tokens
from x32_rig import board

LINES = """
/ch/01/config "BEAST" 1 CY 1
/ch/01/preamp +0.0 OFF ON 24 136
/ch/01/gate OFF GATE -80.0 60.0 1  502  983 0
/ch/01/gate/filter OFF 3.0 990.9
/ch/01/dyn ON COMP PEAK LOG -41.0 2.5 1 0.00 0 10.0  151 POST 0 100 OFF
/ch/01/eq/3 PEQ 1k97 +0.00 2.0
/ch/01/mix ON   -oo OFF +2 OFF -81.0
/ch/01/mix/01 ON   -oo +0 POST 0
/ch/01/mix/04 ON  -0.3
/ch/01/grp %00000001 %000000
/ch/01/automix OFF  +0.0
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_a_real_line_goes_in_and_comes_out(line: str) -> None:
    one, _, _ = board()
    assert set_line(one, line, "x32:a:1", "admin") == []
    assert one.line(line.split()[0].strip("/")).split() == line.split()


def test_a_line_may_hold_fewer_words_and_others() -> None:
    one, _, rig = board()
    assert set_line(one, "ch/01/mix OFF", "x32:a:1", "admin") == []
    assert rig.desk.values["ch/1/mute"] == 1
    assert set_line(one, "/ch/01/dyn ON COMP RMS LOG -20 4", "x32:a:1", "admin") == []
    assert one.line("ch/01/dyn").split()[6] == "4.0"
    assert set_line(one, "/ch/01/mix/fader -7", "x32:a:1", "admin") == []
    assert one.line("ch/01/mix/fader") == "/ch/01/mix/fader -7.0\n"
    assert set_line(one, '/ch/01/config "Two Words"', "x32:a:1", "admin") == []
    assert rig.desk.values["ch/1/name"] == "Two Words"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("/ch/77/mix ON", "/ch/77/mix: no such line on this desk"),
        ("/ch/01/mix MAYBE 3.0", "/ch/01/mix/on: 'MAYBE' is none of its values"),
        ("/ch/01/eq/1 PEQ 1k00 loud", "/ch/01/eq/1/g: 'loud' is none of its values"),
    ],
)
def test_what_is_left_out_is_told_and_the_rest_is_set(line: str, left: str) -> None:
    one, _, _rig = board()
    assert set_line(one, line, "x32:a:1", "admin") == [left]
    if "MAYBE" in line:
        assert one.line("ch/01/mix").split()[2] == "+3.0"


def test_a_role_that_is_too_low_is_told() -> None:
    one, _, _ = board()
    assert set_line(one, "/ch/01/mix OFF", "x32:a:1", "view") == ["/ch/01/mix/on: OFF was refused"]


def test_words_and_names_in_quotes() -> None:
    assert tokens('/ch/01/config "Two Words" 1 "" RD') == ["/ch/01/config", "Two Words", "1", "", "RD"]
    assert tokens('a "never ends') == ["a", "never ends"]
