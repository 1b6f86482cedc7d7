"""The parameters of a strip, declared once: what each kind of strip has; params.py gives them their strip.

Bases inside a strip: 0 strip, 16 gate, 32 comp, 48 hpf, lpf, delay, insert, 63 eq/on, 64 bands by 8, 112 limiter,
128 sends by 8, 256 DCAs, 272 mute groups.
"""

from dataclasses import dataclass, replace

from studiod.registry.multitrack import ARM
from studiod.registry.template import (
    PLACE,
    SAFE,
    VOLATILE,
    Template,
    choice,
    group,
    level,
    number,
    switch,
    text,
    within,
)

COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
BANDS_HZ = {4: (100.0, 400.0, 2000.0, 8000.0), 6: (60.0, 150.0, 400.0, 1000.0, 3000.0, 10000.0)}
WRITES = "Whether the strip plays its moves, or writes them."
KINDS = ("ch", "return", "bus", "main", "matrix")  # in the order in which they run
METERED = ("gate", "comp")  # units that tell what they take away: each is a bank of meters
BAND_TYPES = ("bell", "low_shelf", "high_shelf", "low_cut", "high_cut", "notch")


@dataclass(frozen=True, slots=True)
class Size:
    """What a strip's sends, groups and inserts are counted by."""

    buses: int
    matrices: int
    returns: int
    dcas: int
    mute_groups: int


def strip(kind: str, size: Size) -> list[Template]:
    """What every strip has."""
    solo = [
        switch(13, "solo", 0, "Plays the strip on the monitor, or alone in its place, by the mode of solo.", VOLATILE),
        switch(14, "solo_safe", 0, "Keeps the strip from being silenced by a solo in place.", PLACE),
    ]
    return [
        text(0, "name", "What the strip is called.", PLACE),
        choice(1, "colour", " ".join(COLOURS), "off", "The strip's colour on surfaces and pages."),
        level(2, "fader", -90 if kind == "ch" else 0, "The strip's level; -90 is off."),
        switch(3, "mute", 0, "Silences the strip, every tap but input."),
        *(() if kind == "main" else solo),
        choice(60, "automation", "off read touch latch trim", "off", WRITES, PLACE),
        switch(15, "safe", 0, "Keeps scenes from changing the strip.", SAFE | PLACE),
        *(switch(255 + k, f"dca/{k}", 0, f"The strip follows DCA {k}.") for k in range(1, size.dcas + 1)),
        *(switch(271 + k, f"mutegroup/{k}", 0, f"Mute group {k} mutes it.") for k in range(1, size.mute_groups + 1)),
    ]


def band(freq_hz: float) -> list[Template]:
    return [
        switch(0, "on", 1, "Puts this EQ band in."),
        choice(1, "type", " ".join(BAND_TYPES), "bell", "The shape of this EQ band."),
        number(2, "freq", "Hz", 20, 20000, freq_hz, "Centre or corner frequency of this EQ band.", "octave"),
        number(3, "gain", "dB", -18, 18, 0, "Boost or cut of this EQ band; bells and shelves only."),
        number(4, "q", "", 0.3, 10, 0.707, "How narrow this EQ band is.", "octave"),
    ]


def eq(bands: int) -> list[Template]:
    return [
        switch(63, "eq/on", 1, "Puts the whole EQ in; flat is bit-exact."),
        *group(64, 8, "eq", bands, lambda b: band(BANDS_HZ[bands][b - 1])),
    ]


KEY_TYPES = "low_cut high_cut band"


def key_filter(on: int, owner: str) -> list[Template]:
    """The filter of a detector's key, by the id of its switch."""
    return [
        switch(on, "filter/on", 0, f"Filters what the {owner} listens to."),
        choice(on + 1, "filter/type", KEY_TYPES, "band", f"The shape of the {owner}'s key filter."),
        number(
            on + 2, "filter/freq", "Hz", 20, 20000, 1000, f"Centre or corner of the {owner}'s key filter.", "octave"
        ),
        number(on + 3, "filter/q", "", 0.3, 10, 2, f"How narrow the {owner}'s key filter is.", "octave"),
    ]


def key(id: int, path: str, owner: str) -> Template:
    about = f"The point that the {owner} listens to, strips before their faders; none is its own strip."
    return Template(id, path, "point", about, rest="none")


def listen(id: int, owner: str) -> Template:
    return switch(id, "listen", 0, f"Plays what the {owner} listens to in place of the strip.", VOLATILE)


COMP = [
    switch(32, "comp/on", 0, "Puts the compressor in."),
    choice(33, "comp/position", "pre_eq post_eq", "post_eq", "Whether the compressor sits before or after the EQ."),
    number(34, "comp/threshold", "dB", -60, 0, -20, "Level above which the compressor works."),
    number(35, "comp/ratio", "", 1, 100, 3, "How many dB in give one dB out above the threshold.", "octave"),
    number(36, "comp/knee", "dB", 0, 24, 6, "Width of the soft bend around the threshold."),
    number(37, "comp/attack", "ms", 0.05, 250, 10, "How fast gain goes down."),
    number(38, "comp/hold", "ms", 0, 2000, 0, "How long gain stays down before the release."),
    number(39, "comp/release", "ms", 5, 4000, 150, "How fast gain comes back."),
    number(40, "comp/makeup", "dB", -6, 24, 0, "Gain after the compressor."),
    number(41, "comp/mix", "%", 0, 100, 100, "How much of the compressed sound; 0 is the dry one."),
    choice(42, "comp/detector", "peak rms", "rms", "What the compressor measures; a 0 dBFS sine reads 0 on both."),
    key(43, "comp/key", "compressor"),
    *within("comp", key_filter(44, "compressor"), [listen(56, "compressor")]),
]
GATE = [
    switch(16, "gate/on", 0, "Puts the gate in."),
    choice(17, "gate/mode", "gate expand2 expand3 expand4 duck", "gate", "Gate, expander by ratio, or ducker."),
    number(18, "gate/threshold", "dB", -80, 0, -40, "Level above which the gate opens."),
    number(19, "gate/range", "dB", 3, 80, 60, "How far the closed gate turns down."),
    number(20, "gate/hysteresis", "dB", 0, 12, 3, "How far below the threshold the open gate closes."),
    number(21, "gate/attack", "ms", 0.02, 120, 1, "How fast the gate opens."),
    number(22, "gate/hold", "ms", 0.02, 2000, 10, "How long the gate stays open at least."),
    number(23, "gate/release", "ms", 5, 4000, 150, "How fast the gate closes."),
    key(24, "gate/key", "gate"),
    *within("gate", key_filter(25, "gate"), [listen(29, "gate")]),
]
HPF = [
    switch(48, "hpf/on", 0, "Puts the low cut in."),
    number(49, "hpf/freq", "Hz", 20, 1000, 80, "Corner of the low cut: -3 dB here.", "octave"),
    choice(50, "hpf/slope", "12dB 18dB 24dB", "12dB", "Steepness of the low cut, per octave."),
]
LPF = [
    switch(51, "lpf/on", 0, "Puts the high cut in."),
    number(52, "lpf/freq", "Hz", 1000, 20000, 20000, "Corner of the high cut: -3 dB here.", "octave"),
    choice(53, "lpf/slope", "12dB 18dB 24dB", "12dB", "Steepness of the high cut, per octave."),
]
DELAY = [
    switch(54, "delay/on", 0, "Puts the delay in."),
    number(55, "delay/time", "ms", 0, 500, 0, "How much later the strip is heard."),
]
SEND = [
    switch(0, "on", 1, "Lets this send through."),
    level(1, "level", -90, "How much goes to this bus; -90 is off. The tap group takes no level."),
    number(2, "pan", "", -100, 100, 0, "Place in a linked pair of buses, when follow is off."),
    switch(3, "follow", 1, "The send's pan follows the strip's."),
    choice(4, "tap", "input pre_eq pre_fader post_fader group", "post_fader", "Where in the strip this send taps."),
]


def sends(count: int) -> list[Template]:
    return group(128, 8, "send", count, lambda _: SEND)


def insert(returns: int) -> list[Template]:
    """A slot of effects in place of its return."""
    if not returns:
        return []
    items = " ".join(str(k) for k in range(returns + 1))
    return [
        choice(57, "insert/fx", items, "0", "The slot of effects that the strip runs through in place; 0 is none."),
        choice(58, "insert/position", "pre_fader post_fader", "post_fader", "Where the insert sits."),
    ]


PAN = number(4, "pan", "", -100, 100, 0, "Place between left (-100) and right (100).")
BALANCE = number(6, "balance", "", -100, 100, 0, "Balance of left and right; of a pair, while it is linked.")
LINK = switch(5, "link", 0, "Makes a stereo pair with the next strip.", PLACE)
WIDTH = number(11, "width", "%", 0, 200, 100, "How far apart the sides are; 0 is mono, 100 as they come.")
MAIN_ON = switch(7, "main/on", 1, "Sends the strip to the main bus.")


def routed(main_on: int) -> list[Template]:
    return [PAN, LINK, BALANCE, replace(MAIN_ON, rest=main_on)]


AUTOMIX = [
    switch(61, "automix/on", 0, "The channel takes part in the automix."),
    number(62, "automix/weight", "dB", -12, 12, 0, "How much louder than it is the channel counts in the automix."),
]
IN = [
    Template(8, "source", "point", "The point that feeds the channel.", rest="none", flags=PLACE),
    number(9, "trim", "dB", -24, 24, 0, "Digital gain at the channel's input."),
    switch(10, "polarity", 0, "Turns the strip's polarity over."),
]
LIMITER = [
    switch(112, "limiter/on", 1, "Puts the limiter in; the mains are as late without it."),
    number(113, "limiter/gain", "dB", 0, 24, 0, "Drive into the limiter."),
    number(114, "limiter/ceiling", "dBTP", -20, 0, -1, "The true peak that the mains never exceed."),
    number(115, "limiter/release", "ms", 1, 1000, 80, "How fast the limiter lets go.", "octave"),
    number(116, "limiter/lookahead", "ms", 0.5, 5, 1.5, "How early the limiter begins; the mains are later by it."),
]


def strip_templates(kind: str, size: Size) -> list[Template]:
    """All that one strip of a kind has."""
    own = strip(kind, size)
    if kind == "ch":
        middle = [*DELAY, *HPF, *LPF, *GATE, *eq(4), *COMP, *AUTOMIX, *insert(size.returns)]
        return [*own, *IN, *middle, *routed(1), ARM, *sends(size.buses)]
    if kind == "bus":
        middle = [*DELAY, *HPF, *LPF, *eq(6), *COMP, *insert(size.returns)]
        return [*own, *middle, *routed(0), *sends(size.matrices)]
    if kind == "return":
        return [*own, *IN[:2], *HPF, *LPF, *eq(4), BALANCE, WIDTH, MAIN_ON, *sends(size.buses)]
    if kind == "matrix":
        return [*own, IN[2], *DELAY, *eq(6), *COMP, LINK, BALANCE]
    return [*own, *DELAY, *eq(6), *COMP, *insert(size.returns), BALANCE, *LIMITER, *sends(size.matrices)]


def kinds_with(unit: str) -> tuple[str, ...]:
    """The kinds of strips that have parameters of a unit."""
    whole = Size(1, 1, 1, 1, 1)
    return tuple(kind for kind in KINDS if any(t.path.startswith(f"{unit}/") for t in strip_templates(kind, whole)))
