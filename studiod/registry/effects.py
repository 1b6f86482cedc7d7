"""The parameters of a slot of effects, declared once; params.py gives them their slot."""

from studiod.registry.template import PLACE, Template, choice, number, switch, within

DIVISIONS = "1/16 1/16t 1/8 1/8t 1/8d 1/4 1/4t 1/4d 1/2 1/1"


def cuts(low: int, high: int) -> list[Template]:
    """The cuts of a wet sound."""
    return [
        number(low, "low_cut", "Hz", 20, 1000, 80, "Takes away the low end of the wet sound.", "octave"),
        number(high, "high_cut", "Hz", 1000, 20000, 12000, "Takes away the high end of the wet sound.", "octave"),
    ]


REVERB = [
    choice(16, "character", "hall plate room chamber", "hall", "What kind of room the reverb is."),
    number(17, "time", "s", 0.1, 20, 1.8, "How long the reverb takes to fall by 60 dB.", "octave"),
    number(18, "predelay", "ms", 0, 250, 20, "How long the reverb waits."),
    number(19, "size", "%", 10, 200, 100, "How large the room is."),
    number(20, "damping", "%", 0, 100, 40, "How much sooner the high end dies away."),
    *cuts(21, 22),
    number(23, "width", "%", 0, 100, 100, "How far apart the sides of the reverb are."),
    number(24, "modulation", "%", 0, 100, 40, "How much the room moves."),
]
DELAY = [
    number(32, "time_l", "ms", 1, 2000, 375, "When the left echo comes, without sync.", "octave"),
    number(33, "time_r", "ms", 1, 2000, 250, "When the right echo comes, without sync.", "octave"),
    number(34, "feedback", "%", 0, 110, 30, "How much of an echo is echoed again."),
    number(35, "cross", "%", 0, 100, 0, "How much of it on the other side; 100 is ping-pong."),
    *cuts(36, 37),
    switch(38, "sync", 0, "Takes the times from the tempo."),
    choice(39, "division_l", DIVISIONS, "1/4", "When the left echo comes, with sync; t triplet, d dotted."),
    choice(40, "division_r", DIVISIONS, "1/4", "When the right echo comes, with sync; t triplet, d dotted."),
]
CHORUS = [
    number(48, "rate", "Hz", 0.05, 10, 0.8, "How fast the chorus swings.", "octave"),
    number(49, "depth", "%", 0, 100, 30, "How far the chorus swings."),
    number(50, "delay", "ms", 1, 30, 8, "How late the swinging voice is."),
    number(51, "feedback", "%", 0, 90, 0, "How much of the voice goes round again."),
]
FX = [
    choice(0, "type", "off reverb delay chorus", "off", "Which effect the slot plays."),
    Template(1, "source", "point", "The point, mono or stereo, that feeds the effect.", rest="none", flags=PLACE),
    number(2, "mix", "%", 0, 100, 100, "How much of the effect; 0 is the dry sound."),
    *within("reverb", REVERB),
    *within("delay", DELAY),
    *within("chorus", CHORUS),
]
