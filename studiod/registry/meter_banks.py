"""The banks of meters, declared once: what each value of a bank is called, and its unit, in the order of the values.

The desk reads them (studiod/metering/meters.py); whoever shows them takes names and units from here.
"""

from collections.abc import Callable, Mapping

from studiod.registry.strip import METERED, kinds_with

Name = tuple[str, str]  # and its unit
Sizes = Mapping[str, int]  # of a console: inputs outputs channels buses returns matrices
Named = Callable[[Sizes], list[Name]]

LEVEL, TAKEN = "dBFS", "dB"  # dB: taken away by a gate, a compressor, the limiter
SPAN = {LEVEL: (-60.0, 0.0), "dBTP": (-60.0, 0.0), "LUFS": (-60.0, 0.0), "LU": (0.0, 20.0), "": (-1.0, 1.0)}
SPAN[TAKEN] = (0.0, 20.0)  # from here to there a bar reaches
THIRDS, THIRDS_HZ = 31, (20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0)  # then tenfold: IEC 61260-1
MAIN: tuple[Name, ...] = (
    ("peak_l", LEVEL), ("peak_r", LEVEL), ("rms_l", LEVEL), ("rms_r", LEVEL),
    ("momentary", "LUFS"), ("short_term", "LUFS"), ("integrated", "LUFS"), ("range", "LU"),
    ("true_peak_l", "dBTP"), ("true_peak_r", "dBTP"), ("correlation", ""), ("limiter", TAKEN),
)  # fmt: skip


def third(number: int) -> str:
    """The nominal frequency of a third-octave, counted from 1 at 20 Hz, in Hz."""
    decade, place = divmod(number - 1, 10)
    value = THIRDS_HZ[place] * 10**decade
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def _row(kind: str, size: str, unit: str = LEVEL) -> Named:
    return lambda sizes: [(f"{kind}/{n}", unit) for n in range(1, sizes.get(size, 0) + 1)]


def _returns(unit: str = LEVEL) -> Named:
    return lambda sizes: [(f"return/{n}/{side}", unit) for n in range(1, sizes.get("returns", 0) + 1) for side in "lr"]


def _taken(unit: str) -> Named:
    """On every strip that has the unit, in the order in which they run; main's two sides move together."""
    rows = {"ch": _row("ch", "channels", TAKEN), "return": _returns(TAKEN), "bus": _row("bus", "buses", TAKEN),
            "main": lambda _: [("main", TAKEN)], "matrix": _row("matrix", "matrices", TAKEN)}  # fmt: skip
    kinds = kinds_with(unit)
    return lambda sizes: [name for kind in kinds for name in rows[kind](sizes)]


BANKS: dict[str, Named] = {
    "input": _row("input", "inputs"),
    "ch": _row("ch", "channels"),
    "return": _returns(),
    **{unit: _taken(unit) for unit in METERED},
    "bus": _row("bus", "buses"),
    "matrix": _row("matrix", "matrices"),
    "monitor": lambda _: [("monitor/l", LEVEL), ("monitor/r", LEVEL)],
    "output": _row("output", "outputs"),
    "main": lambda _: list(MAIN),
    "rta": lambda _: [(third(n), LEVEL) for n in range(1, THIRDS + 1)],
}


def names(bank: str, count: int, sizes: Sizes) -> list[Name]:
    """What each of so many values of a bank is called, and its unit; more than are declared are numbered."""
    declared = BANKS[bank](sizes)[:count] if bank in BANKS else []
    return [*declared, *((f"{bank}/{n}", LEVEL) for n in range(len(declared) + 1, count + 1))]


def path_of(bank: str, name: str) -> str:
    """The one meter of a bank as a path: of `ch`, ch/1; of `gate`, gate/ch/1; of `main`, main/peak_l."""
    return name if name.startswith(f"{bank}/") else f"{bank}/{name}"


def position(level: float, unit: str) -> float:
    """Where a bar ends, from 0 to 1."""
    low, high = SPAN[unit]
    return min(max((level - low) / (high - low), 0.0), 1.0)
