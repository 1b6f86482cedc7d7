"""The simulated Mackie Control unit, proven by a host that nobody here wrote: Ardour drives it, and it drives Ardour.

What must stand on the panel is computed from the session's own values, by Ardour's published law of the fader.
"""

import contextlib
import math
from collections.abc import Callable, Iterator

import pytest

import ardour_host
import servers
from ardour_host import Track
from mackie_rig import Simulator, simulator

pytestmark = pytest.mark.alone

TRACKS = [
    Track("Kick", 1.0),
    Track("Snare", 0.5, mute=True),
    Track("Bass", 2.0),
    Track("Keys", 0.25),
    Track("Vox 1", 0.1, mute=True),
    Track("Vox 2", 1.2),
    Track("Gtr L", 0.7),
    Track("Gtr R", 0.05),
    Track("Room", 0.9),
    Track("Talk", 1.5, mute=True),
]
BANK_RIGHT, BANK_LEFT, MUTE = 0x2F, 0x2E, 0x10
STEP = 16
CABLES = (("unit:out", ardour_host.INTO), (ardour_host.OUT, "unit:in"))
SETTLE_S, LOST_S, TRIES = 0.4, 6.0, 4
PAN = ("L50R50", "Pan   ")  # its value for a while, then its name
DOCS = servers.ROOT / "docs" / "surfaces.md"
KEYS = {"2a": "PAN", "33": "GLOBAL VIEW", "5d": "STOP", "5e": "PLAY", "72": "BEATS"}


def place(gain: float) -> float:
    """Where Ardour puts a gain, 0..16383."""
    return 16383 * ((6 * math.log2(gain) + 192) / 198) ** 8


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A Mackie Control that Ardour has found, switched on after the session was loaded."""
    ardour_host.need_ardour()
    folder = tmp_path_factory.mktemp("ardour")
    with (
        servers.jack_server(folder, suffix="-ardour", period_frames=512, channels=2, client_timeout_ms=20000) as server,
        simulator(server.env) as sim,
    ):
        sim.ask("plug", unit="main", kind="mackie", client="unit")
        with ardour_host.ardour(folder, TRACKS, server.env, lambda: sim.ask("ports", unit="main")):
            until_so(sim, connect, lambda seen: names(seen)[0] == "Kick" and not any(seen["moving"]))
            yield sim


def until_so(sim: Simulator, deed: Callable[[Simulator], object], true: Callable[[dict], bool]) -> None:
    """Once more where an asynchronous server lost the period that the message was in."""
    for _ in range(TRIES):
        deed(sim)
        with contextlib.suppress(AssertionError):
            sim.until("main", true, LOST_S)
            return
    sim.until("main", true, 0.0)


def connect(sim: Simulator) -> None:
    """Ardour asks who is there when its cable is put in."""
    for source, into in CABLES:
        sim.ask("disconnect", unit="main", source=source, into=into)
    sim.after(SETTLE_S)
    for source, into in CABLES:
        sim.ask("connect", unit="main", source=source, into=into)


def names(seen: dict) -> list[str]:
    return [cell.strip() for cell in seen["cells"][0]]


def stands(seen: dict, tracks: list[Track]) -> bool:
    """Names, faders and mutes of a bank; a strip without a track is dark and its fader down."""
    blank = [Track("", 0.0)] * (8 - len(tracks))
    wanted = [place(t.gain) if t.gain else 0 for t in (*tracks, *blank)]
    return (
        names(seen) == [t.name for t in (*tracks, *blank)]
        and all(abs(f - w) <= STEP for f, w in zip(seen["faders"], wanted, strict=False))
        and [f"{MUTE + k:02x}" in seen["leds"] for k in range(8)] == [t.mute for t in (*tracks, *blank)]
    )


def test_ardours_names_faders_and_mutes_stand_on_the_panel(unit: Simulator) -> None:
    def settled(seen: dict) -> bool:
        master = abs(seen["faders"][8] - place(1.0)) <= STEP
        return stands(seen, TRACKS[:8]) and seen["cells"][1][0] in PAN and master and not any(seen["moving"])

    seen = unit.until("main", settled)
    assert seen["rings"] == [[6]] * 8
    assert seen["assignment"] == "MX"
    assert seen["leds"]["2a"] == "on"  # PAN
    picture = unit.ask("draw", unit="main", keys=KEYS).replace(*PAN)
    lines = [line.rstrip() for line in picture.rstrip().split("\n")]
    still, moving = "\n".join(lines[:-1]), lines[-1]  # timecode, and what Ardour lights as it goes
    assert moving.startswith("[MX]")
    assert still in DOCS.read_text("utf-8"), picture


def press(unit: Simulator, note: int, true: Callable[[dict], bool]) -> None:
    until_so(unit, lambda sim: sim.ask("press", unit="main", note=note), true)


def test_ardours_banks_step_on_and_back(unit: Simulator) -> None:
    press(unit, BANK_RIGHT, lambda seen: stands(seen, TRACKS[8:]))
    press(unit, BANK_LEFT, lambda seen: stands(seen, TRACKS[:8]))


def test_a_mute_that_is_pressed_is_lit_by_ardour(unit: Simulator) -> None:
    press(unit, MUTE, lambda seen: "10" in seen["leds"])
    press(unit, MUTE, lambda seen: "10" not in seen["leds"])


def test_a_fader_that_is_moved_is_ardours_value_and_stays_where_the_finger_left_it(unit: Simulator) -> None:
    unit.ask("move", unit="main", fader=0, to=6000, over_s=0.2)
    unit.after(0.3)
    value = unit.until("main", lambda seen: "dB" in seen["cells"][1][0] or "-" in seen["cells"][1][0])["cells"][1][0]
    unit.ask("lift", unit="main", fader=0)
    unit.after(SETTLE_S)
    seen = unit.panel("main")
    assert abs(seen["faders"][0] - 6000) <= STEP
    gain_db = 20 * math.log10(2 ** ((198 * (seen["faders"][0] / 16383) ** (1 / 8) - 192) / 6))
    assert float(value.strip().removesuffix("dB")) == pytest.approx(gain_db, abs=0.2)
    assert unit.ask("pulls", unit="main"), "Ardour sends every move back while the finger is on it"
    press(unit, BANK_RIGHT, lambda seen: names(seen)[0] == "Room")
    press(unit, BANK_LEFT, lambda seen: names(seen)[0] == "Kick" and not any(seen["moving"]))
    seen = unit.panel("main")
    assert abs(seen["faders"][0] - 6000) <= STEP
