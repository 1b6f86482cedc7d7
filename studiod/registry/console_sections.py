"""The parameters of the desk around its strips, declared once: inputs, outputs, groups, listening, tools, meters."""

from studiod.registry.strip import COLOURS
from studiod.registry.template import PLACE, SAFE, STATUS, VOLATILE, Template, choice, level, number, switch, text

OUTPUT = [
    Template(0, "source", "point", "The point that feeds the output.", rest="none", flags=SAFE | PLACE),
    choice(1, "tap", "input pre_fader post_fader", "post_fader", "Where a strip is tapped for this output.", SAFE),
    number(2, "trim", "dB", -60, 12, 0, "Level of the output.", flags=SAFE),
    switch(3, "polarity", 0, "Turns the output's polarity over.", SAFE),
    switch(4, "mute", 0, "Silences the output.", SAFE),
    number(5, "ceiling", "dBFS", -30, 0, 0, "No sample leaves louder than this; a clamp without delay.", flags=SAFE),
    number(6, "delay", "ms", 0, 500, 0, "How much later the output is heard.", flags=SAFE),
    choice(7, "speaker", "any a b c", "any", "The output plays only while the monitor's speaker is this one.", SAFE),
]
INPUT = [text(0, "name", "What is plugged in here.", SAFE | PLACE)]
CONFIG = [
    choice(0, "pan_law", "-3dB -4.5dB -6dB 0dB", "-3dB", "Level of a mono strip in the centre."),
    switch(1, "mute_pre", 1, "Whether a mute silences pre-fader sends too."),
]
MOST_FRAMES = 2.0**63
GLOBAL = [
    switch(0, "output/mute", 0, "Silences every output, faded.", VOLATILE),
    number(1, "status/frames", "frames", 0, MOST_FRAMES, 0, "Frames played since the start.", flags=STATUS),
    number(2, "status/missed", "blocks", 0, MOST_FRAMES, 0, "Blocks that came too late for the device.", flags=STATUS),
    number(3, "status/late", "messages", 0, MOST_FRAMES, 0, "Messages whose time had passed.", flags=STATUS),
    number(4, "status/clock_ppm", "ppm", -100000, 100000, 0, "How far the device's clock is off.", flags=STATUS),
    text(5, "status/device", "The audio interface in use; absent, refused or lost: why, and what to do.", STATUS),
    choice(6, "meter/tap", "input pre_fader post_fader", "pre_fader", "Where channels and buses are metered."),
    Template(7, "meter/loudness", "point", "The point, mono or stereo, whose loudness is measured.", rest="main"),
    number(9, "status/latency/limiter", "ms", 0, 1000, 0, "How much later main is than its pre_limiter.", flags=STATUS),
    number(10, "tempo", "BPM", 20, 300, 120, "The tempo that synced effects and the click follow."),
    switch(11, "tap", 0, "Tap twice or more: sets the tempo; reads 0 again at once.", VOLATILE),
    number(12, "status/stall", "ms", 0, 1e9, 0, "The desk's longest standstill of the last minute.", flags=STATUS),
    number(13, "status/stall_max", "ms", 0, 1e9, 0, "The desk's longest standstill since its start.", flags=STATUS),
    text(14, "status/alarm", "What is wrong at present, in words; empty: nothing.", STATUS),
    number(15, "meter/clip_hold", "s", 0, 60, 2, "How long an overload stays shown."),
    number(16, "status/inputs", "channels", 0, 4096, 0, "How many inputs the audio interface has.", flags=STATUS),
    number(17, "status/outputs", "channels", 0, 4096, 0, "How many outputs the audio interface has.", flags=STATUS),
    Template(8, "meter/rta", "point", "The point, mono or stereo, whose spectrum is measured.", rest="none"),
]
DCA = [
    text(0, "name", "What the DCA is called.", PLACE),
    choice(1, "colour", " ".join(COLOURS), "off", "The DCA's colour on surfaces and pages."),
    level(2, "fader", 0, "Turns the faders of its strips up and down together; -90 is off."),
    switch(3, "mute", 0, "Mutes its strips."),
    switch(13, "solo", 0, "Solos its strips.", VOLATILE),
]
MUTE_GROUP = [
    text(0, "name", "What the mute group is called.", PLACE),
    switch(1, "on", 0, "Mutes its strips."),
]
SOLO = [
    choice(
        0,
        "ch_mode",
        "pfl afl sip",
        "pfl",
        "How channels and returns solo: before the fader, after, in place.",
    ),
    choice(1, "bus_mode", "pfl afl", "afl", "How buses and matrices solo: before the fader, after."),
    switch(2, "exclusive", 0, "A new solo takes all others off."),
    switch(3, "clear", 0, "Takes every solo off; reads 0 again at once.", VOLATILE),
    switch(4, "any", 0, "Whether anything is soloed.", STATUS),
]
SPEAKERS = "a b c"
TRANSLATIONS = "off phone laptop car earbuds club"
MONITOR = [
    Template(0, "source", "point", "What the monitor plays while nothing is soloed.", rest="main", flags=SAFE),
    level(1, "level", -20, "The monitor's level; -90 is off.", SAFE),
    switch(2, "dim", 0, "Turns the monitor down for a talk.", SAFE),
    number(3, "dim_level", "dB", -40, 0, -20, "How far dim turns down.", flags=SAFE),
    number(4, "solo_trim", "dB", -18, 18, 0, "How much louder a solo is than the source.", flags=SAFE),
    switch(5, "mono", 0, "Plays both sides on both.", SAFE),
    switch(6, "mute", 0, "Silences the monitor.", SAFE),
    switch(7, "swap", 0, "Left on the right and right on the left.", SAFE),
    choice(8, "speaker", SPEAKERS, "a", "Which pair of speakers plays: outputs may belong to one.", SAFE),
    choice(9, "translate", TRANSLATIONS, "off", "How the mix would sound elsewhere; the monitor alone.", SAFE),
    *(
        number(16 + k, f"trim/{name}", "dB", -20, 0, 0, f"Level of speaker {name}.", flags=SAFE)
        for k, name in enumerate(SPEAKERS.split())
    ),
]
# Paths as they were called once, and as they are called now: what was kept under the old name is taken for the new one.
MOVED = {f"monitor/speaker/{name}/trim": f"monitor/trim/{name}" for name in SPEAKERS.split()}


AUTOMATION = [choice(0, "mode", "off read", "read", "Whether moves are played and written at all.")]
AUTOMIX = [switch(0, "on", 0, "Shares one open microphone's gain among the channels that take part.")]


def reaches(id: int, kind: str, count: int, what: str) -> list[Template]:
    """Switches by which a tool reaches strips."""
    return [switch(id + n, f"to/{kind}/{n}", 0, f"Sends the {what} to {kind} {n}.", SAFE) for n in range(1, count + 1)]


def talkback(buses: int) -> list[Template]:
    return [
        switch(0, "on", 0, "Opens the talkback.", VOLATILE),
        Template(1, "source", "point", "The point that is the talkback's microphone.", rest="none", flags=SAFE),
        level(2, "level", -20, "How loud the talkback is; -90 is off.", SAFE),
        switch(3, "dim", 1, "Dims the monitor while the talkback is open.", SAFE),
        switch(4, "to/main", 0, "Sends the talkback to the mains.", SAFE),
        *reaches(15, "bus", buses, "talkback"),
    ]


def generator(channels: int, returns: int, buses: int, matrices: int) -> list[Template]:
    return [
        switch(0, "on", 0, "Starts the test signal.", VOLATILE),
        choice(1, "type", "sine pink white", "sine", "Which test signal.", SAFE),
        number(2, "freq", "Hz", 20, 20000, 1000, "Frequency of the sine.", "octave", SAFE),
        level(3, "level", -20, "How loud the test signal is, as its RMS; a full-scale sine is 0.", SAFE),
        switch(4, "to/main", 0, "Sends the test signal to the mains.", SAFE),
        *reaches(15, "bus", buses, "test signal"),
        *reaches(31, "matrix", matrices, "test signal"),
        *reaches(47, "return", returns, "test signal"),
        *reaches(127, "ch", channels, "test signal"),
    ]


def click(buses: int) -> list[Template]:
    return [
        switch(0, "on", 0, "Starts the click.", VOLATILE),
        level(1, "level", -20, "How loud the click is; -90 is off.", SAFE),
        number(2, "accent", "dB", 0, 12, 6, "How much louder the first of four beats is.", flags=SAFE),
        *reaches(15, "bus", buses, "click"),
    ]
