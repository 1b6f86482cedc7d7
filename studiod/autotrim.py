"""Trims from what is played: each channel's input peak, as metered, brought to a target in one transaction."""

from studiod.deed import Answer, Deed
from studiod.desk import Desk
from studiod.fitting import fitting, strips
from studiod.laws import shown
from studiod.param import Value
from studiod.words import Words

SILENT_DB = -70.0  # below this is noise: no trim would be right


class Autotrim:
    """The command, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.commands["autotrim"] = self.set

    def set(self, origin: str, *given: object) -> Deed:
        """strips, target dBFS: by the loudest peak that the meters still know, about the last second."""
        words = Words("autotrim", "a pattern of strips, a peak level in dBFS (ch/* -18)", given)
        named = words.text("the strips")
        target_db = words.number("the level", -60.0, 0.0, "dBFS", -18.0)
        words.end()
        found = strips(self.desk, words, named)
        params, values = self.desk.registry.params, self.desk.values
        peaks_db, _ = self.desk.meters("input", 0)
        wanted: dict[str, object] = {}
        left: list[tuple[Value, ...]] = []
        for strip in found:
            trim = params.get(f"{strip}/trim")
            kind, _, index = str(values.get(f"{strip}/source", "none")).partition("/")
            if trim is None or kind != "input":
                left.append(("autotrim/left", strip, "takes no input"))
                continue
            peak_db = peaks_db[int(index) - 1]
            trim_db = target_db - peak_db
            if peak_db < SILENT_DB:
                left.append(("autotrim/left", strip, f"input/{index} is silent"))
            elif not trim.low <= trim_db <= trim.high:
                limits = f"the trim reaches {shown(trim.low)} to {shown(trim.high)} dB"
                left.append(("autotrim/left", strip, f"input/{index} peaks at {peak_db:.1f} dBFS; {limits}"))
            else:
                wanted[trim.path] = trim_db
        if not wanted:
            why = f"{left[0][1]}: {left[0][2]}"
            raise words.refuse("no trim could be set", named, remedy=f"{why}; play what they are to be set by")
        changes, more = fitting(self.desk, wanted)

        def act(deed: Deed) -> Answer:
            return [*left, ("autotrim", named, len(deed.changes), deed.left)]

        return Deed(f"autotrim for {origin}", changes, act, left=more + len(left))
