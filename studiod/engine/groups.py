"""What DCAs, mute groups and solos come to on each strip: its mute, its gain, whether and how it is soloed."""

from collections.abc import Mapping

from studiod.engine.gains import Values, linear
from studiod.registry.registry import Registry

IN_PLACE = ("ch", "return")  # kinds whose solo may be in place


class Groups:
    """Over one console.  `alone` holds from `refresh` on: whether a solo in place silences what is not soloed."""

    def __init__(self, registry: Registry) -> None:
        console = registry.console
        counts = (("ch", console.channels), ("return", console.returns), ("bus", console.buses),
                  ("matrix", console.matrices))  # fmt: skip
        self.strips = [*(f"{kind}/{n}" for kind, count in counts for n in range(1, count + 1)), "main"]
        dcas = range(1, console.dcas + 1)
        self._dcas = {s: [(f"{s}/dca/{k}", f"dca/{k}") for k in dcas] for s in self.strips}
        self._faders, self._mutes, self._solos = (
            {f"dca/{k}": f"dca/{k}/{name}" for k in dcas} for name in ("fader", "mute", "solo")
        )
        groups = range(1, console.mute_groups + 1)
        self._groups = {s: [(f"{s}/mutegroup/{k}", f"mutegroup/{k}/on") for k in groups] for s in self.strips}
        self.alone = False
        self._watched = {path for path in registry.params if any(word in path for word in ("mute", "dca", "solo"))}
        self._values: Values | None = None  # those of the last refresh
        self._muted: dict[str, bool] = {}  # found since the last of what they hang on has changed
        self._gains: dict[str, float] = {}
        self._soloed: dict[str, bool] = {}

    def members(self, values: Values, group: str) -> list[str]:
        """The strips of a group, named as dca/3 or mutegroup/1."""
        return [strip for strip in self.strips if values[f"{strip}/{group}"]]

    def dcas(self, values: Values, strip: str) -> list[str]:
        """The DCAs that a strip follows."""
        return [dca for member, dca in self._dcas[strip] if values[member]]

    def muted(self, values: Values, strip: str) -> bool:
        """By its own mute, a DCA's or a group's."""
        if values[f"{strip}/mute"] or any(values[self._mutes[dca]] for dca in self.dcas(values, strip)):
            return True
        return any(values[member] and values[on] for member, on in self._groups[strip])

    def muted_now(self, values: Values, strip: str) -> bool:
        """The same, of values that have not changed since `refresh`."""
        found = self._muted.get(strip)
        if found is None:
            found = self._muted[strip] = self.muted(values, strip)
        return found

    def gain(self, values: Values, strip: str) -> float:
        """What its DCAs multiply its fader by."""
        gain = 1.0
        for dca in self.dcas(values, strip):
            gain *= linear(float(values[self._faders[dca]]))
        return gain

    def soloed(self, values: Values, strip: str) -> bool:
        """By its own solo or a DCA's.  The mains have none."""
        if strip == "main":
            return False
        return bool(values[f"{strip}/solo"] or any(values[self._solos[dca]] for dca in self.dcas(values, strip)))

    def soloed_now(self, values: Values, strip: str) -> bool:
        """The same, of values that have not changed since `refresh`."""
        found = self._soloed.get(strip)
        if found is None:
            found = self._soloed[strip] = self.soloed(values, strip)
        return found

    def mode(self, values: Values, strip: str) -> str:
        """How the strip's kind solos: pfl, afl or sip."""
        return str(values["solo/ch_mode" if strip.startswith(IN_PLACE) else "solo/bus_mode"])

    def gain_now(self, values: Values, strip: str) -> float:
        """What its DCAs multiply its fader by, likewise."""
        found = self._gains.get(strip)
        if found is None:
            found = self._gains[strip] = self.gain(values, strip)
        return found

    def forget(self) -> None:
        """What was found may be of values that have been taken back."""
        self._values = None

    def refresh(self, values: Values, changed: Mapping[str, object]) -> None:
        """These have changed: where groups hang on one of them, look whether anything is soloed in place."""
        if values is self._values and self._watched.isdisjoint(changed):
            return
        self._values = values
        self._muted.clear()
        self._gains.clear()
        self._soloed.clear()
        places = (strip for strip in self.strips if strip.startswith(IN_PLACE))
        self.alone = values["solo/ch_mode"] == "sip" and any(self.soloed_now(values, strip) for strip in places)

    def silenced(self, values: Values, strip: str) -> bool:
        """Whether a solo in place silences the strip behind its fader: it is neither soloed nor safe."""
        if not self.alone or not strip.startswith(IN_PLACE):
            return False
        return not (values[f"{strip}/solo_safe"] or self.soloed_now(values, strip))

    def listened(self, values: Values) -> bool:
        """Whether a solo plays on the monitor in place of its source."""
        return any(self.soloed_now(values, s) and self.mode(values, s) != "sip" for s in self.strips)
