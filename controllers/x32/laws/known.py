"""The laws that leaves of many kinds share, by their names in the field."""

from controllers.x32.laws.law import Bits, Choice, Icon, Text, Whole
from controllers.x32.laws.scales import Level, Line, Octave

SWITCH = Choice(("OFF", "ON"))
NAME, ICON = Text(12), Icon()
COLOUR_WORDS = ("OFF", "RD", "GN", "YE", "BL", "MG", "CY", "WH")
COLOUR = Choice((*COLOUR_WORDS, *(f"{word}i" for word in COLOUR_WORDS)))
FADER, SEND = Level(1023), Level(160)
PAN = Line(-100.0, 100.0, 2.0, plus=True)
FREQUENCY = Octave(20.0, 20000.0, 200, 1, hertz=True)
DELAY_MS = Line(0.3, 500.0, 0.1, 1)
TRIM_DB = Line(-18.0, 18.0, 0.25, 1, plus=True)
HOLD_MS, RELEASE_MS = Octave(0.02, 2000.0, 100, 2, 3), Octave(5.0, 4000.0, 100, 0)
ATTACK_MS = Line(0.0, 120.0, 1.0)
SOURCE = Whole(64)  # what feeds a strip, or a key: off, inputs, aux, USB, effects, buses
OUTPUT_SOURCE = Whole(76)
TAPS = ("IN/LC", "<-EQ", "EQ->", "PRE", "POST")
TAP, TAP_OR_GROUP = Choice(TAPS), Choice((*TAPS, "GRP"))
DCAS, MUTES = Bits(8), Bits(6)
FILTER = Choice(("LC6", "LC12", "HC6", "HC12", "1.0", "2.0", "3.0", "5.0", "10.0"))
INSERTS = Choice(("OFF", *(f"FX{n}{side}" for n in range(1, 9) for side in "LR"), *(f"AUX{n}" for n in range(1, 7))))
