"""What one change brings about in others: pairs, exclusive solo, taps of the tempo, one place for an effect.

Each rule is a method that takes a change, once it stands, and gives what else changes, as it is stored.  The desk
carries it out in the same transaction, and tells it to everybody, the author of the change too.
"""

from collections.abc import Iterator, Mapping

from studiod.desk.links import Pairs
from studiod.registry.param import Value
from studiod.registry.registry import Registry

Values = Mapping[str, Value]
FOLLOWS = "follows for "  # begins the origin of what a change brings about
TAP_LOW_S, TAP_HIGH_S = 60.0 / 300.0, 60.0 / 20.0  # between two taps: the ends of the tempo's range
TAPS = 8  # that count


class Couplings:
    """The rules of one console."""

    def __init__(self, registry: Registry) -> None:
        self.pairs = Pairs(registry)
        self._accept_tempo = registry.params["tempo"].accept
        self._solos = [path for path in registry.params if path.endswith("/solo")]
        self.inserts = {path: None for path in registry.params if path.endswith("/insert/fx")}
        # what only others of these hang on, also by the order in which they are set
        self.apart = {*self.inserts, *self._solos, "solo/exclusive", "solo/any"}
        self.alone = {"solo/clear", "tap"}  # what more than that hangs on
        self.likes = {  # of each link: what its pair shares but for these
            link: [pair for pair in both if self.apart.isdisjoint(pair)] for link, both in self.pairs.both.items()
        }
        self._taps: list[int] = []
        # what brings about nothing but in its pair: the path of the pair's link and the partner's, "" where it has none
        self.plain = {
            path: self.pairs.other.get(path, ("", ""))
            for path in registry.params
            if not path.endswith(("/link", "/solo", "/insert/fx")) and path not in ("solo/clear", "tap")
        }

    def after(self, path: str, value: Value, values: Values, now_ns: int) -> Iterator[tuple[str, Value]]:
        """What a change at a path brings about; values hold it already."""
        other = self.pairs.partner(path, values)
        if other is not None:
            yield other, value
        if path.endswith("/link") and value == 1:
            yield from self.pairs.copied(path, values).items()
        elif path.endswith("/solo"):
            yield from self._solo(path, value, values, other)
        elif path == "solo/clear" and value == 1:
            yield from ((solo, 0) for solo in self._solos)
            yield from (("solo/any", 0), (path, 0))
        elif path == "tap" and value == 1:
            yield path, 0
            yield from self._tap(now_ns)
        elif path.endswith("/insert/fx") and value != "0":
            yield from ((at, "0") for at in self.inserts if at not in (path, other) and values[at] == value)

    def _solo(self, path: str, value: Value, values: Values, other: str | None) -> Iterator[tuple[str, Value]]:
        if value == 1 and values["solo/exclusive"]:
            yield from ((solo, 0) for solo in self._solos if solo not in (path, other))
        yield "solo/any", int(value == 1 or any(values[solo] for solo in self._solos if solo not in (path, other)))

    def _tap(self, now_ns: int) -> Iterator[tuple[str, Value]]:
        """The mean of the last taps; one that comes too late, or far from the others' pace, begins anew."""
        taps = self._taps
        if taps:
            gap_s = (now_ns - taps[-1]) / 1e9
            if gap_s < TAP_LOW_S / 2.0:
                return  # a bounce
            pace_s = (taps[-1] - taps[0]) / 1e9 / (len(taps) - 1) if len(taps) > 1 else gap_s
            if gap_s > TAP_HIGH_S or not 0.6 < gap_s / pace_s < 1.6:
                taps.clear()
        taps.append(now_ns)
        del taps[:-TAPS]
        if len(taps) > 1:
            beat_s = (taps[-1] - taps[0]) / 1e9 / (len(taps) - 1)
            yield "tempo", self._accept_tempo(min(max(60.0 / beat_s, 20.0), 300.0))
