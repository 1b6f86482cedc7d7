"""The tables of the settings that speak of MIDI: surfaces, NRPN, clock, timecode, machine control."""

from difflib import get_close_matches
from typing import Literal, get_args

from pydantic import Field

from studiod.settings.table import Table

Fps = Literal["24", "25", "29.97df", "30"]
FPS: tuple[str, ...] = get_args(Fps)


def near_fps(got: object) -> str:
    """The frame rate that somebody may have meant."""
    if isinstance(got, (int, float)):
        within = min(max(got, 0), 100)  # a whole number may be beyond all floats
        return min(FPS, key=lambda fps: abs(float(fps.removesuffix("df")) - within))
    return get_close_matches(str(got)[:20], FPS, 1, 0.0)[0]


class Surface(Table):
    name: str = Field(min_length=1)  # a file in config/surfaces or in the user's folder
    port: str = "*"  # a pattern for the MIDI port's name
    surface: int = Field(default=1, ge=1, le=8)  # the line-up that motor faders ride (surface/1/…)
    left: list[str] = []  # extenders, from the outside to the main unit
    right: list[str] = []  # and from the main unit to the outside


class Nrpn(Table):
    enabled: bool = False
    port: str = "virtual"  # a pattern for the MIDI port's name, or a port of our own
    send: str = ""  # a pattern for the way out, when that has another name
    bytes_per_s: int = Field(default=3000, ge=300, le=1_000_000)  # a DIN cable takes 3125


class MidiClock(Table):
    input: str = ""  # a pattern for the MIDI port's name, or a port of our own; empty: none
    output: str = ""


class Mtc(Table):
    input: str = ""
    output: str = ""
    fps: Fps = "25"  # of what is sent; what comes in says its own


class Mmc(Table):
    input: str = ""
    device: int = Field(default=127, ge=0, le=127)  # answers to this number and to 127, which is all


class Midi(Table):
    api: str = Field(default="auto", min_length=1)
    surfaces: list[Surface] = []
    nrpn: Nrpn = Nrpn()
    clock: MidiClock = MidiClock()
    mtc: Mtc = Mtc()
    mmc: Mmc = Mmc()
