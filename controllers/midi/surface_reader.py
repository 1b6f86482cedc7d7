"""The checks of a surface's map: each key against what it takes; faults are collected, never raised one by one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from controllers.midi.messages import ENCODINGS, HALVES, LAST_NUMBER, NRPN_CCS, TOP, TYPES, Message
from controllers.midi.surface import MODES, TAKEOVERS, Control, Lamp, Surface, placed
from controllers.midi.surface_shared import shared
from controllers.midi.surface_values import is_pattern, numbers
from controllers.midi.surface_words import misfit, unknown
from studiod.registry.alike import closest
from studiod.registry.commands import DESK
from studiod.registry.registry import Refusal, Registry, Value

TOP_KEYS = ("kind", "name", "ports", "channel", "takeover", "rate_hz", "bytes_per_s", "control")
KEYS = ("name", *TYPES, "channel", "path", "mode", "takeover", "feedback", "lights_itself", "bank")
KEYS += ("touch", "top", "fine_first", "encoding", "step", "acceleration", "value", "do", "words")
RELATIVE_KEYS = ("encoding", "step", "acceleration")
FEEDBACK_KEYS = (*TYPES, "channel", "off", "on", "echo")
TOUCH_KEYS = ("cc", "note", "channel")
# The upper end of a fader on pitch bend: one of 10 bits ends at 16368, so the last 15 of 14 bits are the top too.
REST_TOP = TOP | {"pitch_bend": 16368}
STEP = 1 / 128
# What a mode takes: kinds of messages, kinds of parameters
SUITS = {
    "absolute": (tuple(TYPES), ("number", "switch", "list", "point")),
    "toggle": (("cc", "note"), ("switch", "list")),
    "momentary": (("cc", "note"), ("switch",)),
    "set": (("cc", "note"), ("number", "switch", "list", "point")),
    "relative": (("cc",), ("number", "switch", "list", "point")),
}


class Reader:
    """Reads one map.  What is wrong is in `faults`; what it gives back is of use only when that is empty."""

    def __init__(self, file: str, registry: Registry | None, lines: Sequence[int] = ()) -> None:
        """lines: of the file, where each control begins."""
        self.file, self.registry, self.lines = file, registry, lines
        self.faults: list[str] = []
        self.where = ""
        self.taken: dict[tuple[str, int, int], str] = {}

    def fault(self, key: str, expected: str, came: object) -> None:
        place = f"control {self.where!r}: " if self.where else ""
        shown = repr(came)
        self.faults.append(f"{self.file}: {place}{key}: expected {expected}; came {shown[:60]}")

    # -- single keys -------------------------------------------------------------------------------------------------

    def keys(self, table: dict[str, Any], known: tuple[str, ...], prefix: str = "") -> None:
        for key in table.keys() - set(known):
            near = closest(key, known)
            self.fault(prefix + key, f"a key of {' '.join(known)}" + f" (nearest is {near})" * bool(near), table[key])

    def whole(self, table: dict[str, Any], key: str, rest: int, low: int, high: int, prefix: str = "") -> int:
        value = table.get(key, rest)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(prefix + key, f"a whole number {low}..{high}", value)
        return rest

    def real(
        self, table: dict[str, Any], key: str, rest: float, low: float, high: float, what: str, unit: str = ""
    ) -> float:
        value = table.get(key, rest)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.fault(key, f"{what} of {low:g}..{high:g}{unit}", value)
        return rest

    def word(self, table: dict[str, Any], key: str, rest: str, known: tuple[str, ...]) -> str:
        value = table.get(key, rest)
        if value in known:
            return str(value)
        near = closest(value, known) if isinstance(value, str) else ""
        self.fault(key, " or ".join(known) + f" (nearest is {near})" * bool(near), value)
        return rest

    def yes(self, table: dict[str, Any], key: str, rest: bool, prefix: str = "") -> bool:
        value = table.get(key, rest)
        if isinstance(value, bool):
            return value
        self.fault(prefix + key, "true or false", value)
        return rest

    # -- messages ----------------------------------------------------------------------------------------------------

    def messages(
        self, table: dict[str, Any], channel: int, prefix: str = "", kinds: tuple[str, ...] = tuple(TYPES)
    ) -> list[Message]:
        """The messages of a row, one for each place in it."""
        given = [kind for kind in kinds if kind in table]
        if len(given) != 1:
            self.fault(f"{prefix}cc", f'one of {", ".join(kinds)}, such as cc = "0-7"', given)
            return []
        kind = given[0]
        if kind == "pitch_bend":
            found, what = numbers(table[kind], 1, 16), "MIDI channels 1..16"
            if "channel" in table:
                self.fault(
                    f"{prefix}channel", "none beside pitch_bend, whose numbers are the channels", table["channel"]
                )
        else:
            found, what = numbers(table[kind], 0, LAST_NUMBER[kind]), f"numbers 0..{LAST_NUMBER[kind]}"
            channel = self.whole(table, "channel", channel, 1, 16, prefix)
        if found is None:
            more = "; its LSB is 32 further on" if kind == "cc14" else ""
            self.fault(prefix + kind, f'{what}: 5, "0-7" or [1, 4, 7]{more}', table[kind])
            return []
        if kind == "pitch_bend":
            return [Message(kind, number - 1, 0) for number in found]
        return [Message(kind, channel - 1, number) for number in found]

    def take(self, messages: list[Message], key: str) -> None:
        """No two controls may have one message, nor a half of a 14-bit one."""
        for message in messages:
            spoken = message.number if message.kind != "pitch_bend" else message.channel + 1
            for wire in message.wires():
                if wire in self.taken:
                    self.fault(key, "a message of its own", f"{spoken}, which {self.taken[wire]!r} has")
                self.taken[wire] = self.where

    # -- the map -----------------------------------------------------------------------------------------------------

    def head(self, data: dict[str, Any]) -> tuple[Any, list[str]]:
        """What a map of any kind says of itself: its name, and the patterns of its ports."""
        name = data.get("name", Path(self.file).stem)
        if not isinstance(name, str) or not name:
            self.fault("name", "a text", name)
        ports = data.get("ports", [])
        if not isinstance(ports, list) or not all(isinstance(p, str) and is_pattern(p) for p in ports):
            self.fault("ports", "a list of regular expressions for the port's name", ports)
            ports = []
        return name, ports

    def surface(self, data: dict[str, Any]) -> Surface:
        self.keys(data, TOP_KEYS)
        name, ports = self.head(data)
        rate_hz = self.real(data, "rate_hz", 50, 1, 1000, "a rate", " Hz")
        bytes_per_s = self.real(data, "bytes_per_s", 3125, 300, 1_000_000, "bytes a second")
        channel = self.whole(data, "channel", 1, 1, 16)
        takeover = self.word(data, "takeover", "pickup", TAKEOVERS)
        rows = data.get("control", [])
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.fault("control", "at least one [[control]] table", rows)
            rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        controls: list[list[Control]] = []
        for place, row in enumerate(rows, 1):
            self.where = str(row.get("name", place))
            controls.append(self.row(row, channel, takeover))
        told = tuple(shared(self.file, controls, self.lines))
        surface = Surface(
            str(name), tuple(ports), rate_hz, tuple(c for row in controls for c in row), bytes_per_s, told
        )
        self.data_entry(surface)
        return surface

    def row(self, row: dict[str, Any], channel: int, takeover: str) -> list[Control]:
        self.keys(row, KEYS)
        messages = self.messages(row, channel)
        kind = messages[0].kind if messages else "cc"
        bank = self.whole(row, "bank", 0, -128, 128)
        path, do, words = row.get("path", ""), *self.command(row)
        if (path != "") + (bank != 0) + (do != "") != 1 or not isinstance(path, str):
            self.fault("path", 'one of a path, such as "ch/{n}/fader", a bank shift, or a command to do', path or bank)
            path = ""
        mode = self.word(row, "mode", "set" if "value" in row else "toggle" if bank or do else "absolute", MODES)
        takeover = self.word(row, "takeover", takeover, TAKEOVERS)
        for key in RELATIVE_KEYS:
            if key in row and mode != "relative":
                self.fault(key, 'no such key without mode = "relative"', row[key])
        if mode == "relative" and "encoding" not in row:
            self.fault("encoding", f"one of {', '.join(ENCODINGS)}, which the device's manual names", "nothing")
        encoding = self.word(row, "encoding", "signed_bit", tuple(ENCODINGS))
        step = self.real(row, "step", STEP, 0.0001, 1, "a part of the travel")
        acceleration = self.real(row, "acceleration", 1, 1, 3, "a power")
        top = self.whole(row, "top", REST_TOP[kind], 1, TOP[kind])
        lights_itself = self.yes(row, "lights_itself", False)
        fine_first = self.yes(row, "fine_first", False)
        if "fine_first" in row and kind not in HALVES:
            self.fault("fine_first", f"no such key without {' or '.join(HALVES)}, which have two halves", fine_first)
        self.check(path, mode, kind if messages else "", bool(bank or do))
        value = self.value(row, path, mode)
        lamps = self.lamps(row.get("feedback"), messages, channel, top)
        touches = self.touches(row.get("touch"), len(messages), channel)
        self.take(messages, kind)
        self.take([touch for touch in touches if touch is not None], "touch")
        return [
            Control(self.where, message, n, path, mode, takeover, lamp, lights_itself, bank, top,
                    encoding, step, acceleration, touch, fine_first, value, do, placed(words, n))
            for n, (message, lamp, touch) in enumerate(zip(messages, lamps, touches, strict=True), 1)
        ]  # fmt: skip

    def lamps(self, feedback: Any, messages: list[Message], channel: int, top: int) -> list[Lamp | None]:
        nothing: list[Lamp | None] = [None] * len(messages)
        if feedback is None or feedback == "none":
            return nothing
        if feedback == "same":
            feedback = {}
        if not isinstance(feedback, dict):
            self.fault("feedback", '"none", "same" or a table', feedback)
            return nothing
        self.keys(feedback, FEEDBACK_KEYS, "feedback.")
        other = feedback.keys() & TYPES.keys()
        shown = self.messages(feedback, channel, "feedback.") if other else messages
        if messages and shown and len(shown) != len(messages):
            self.fault("feedback", f"{len(messages)} numbers, as many as the control has", len(shown))
        kind = shown[0].kind if shown else "nrpn"  # of none only what is beyond every kind is told
        highest = TOP[kind]
        own = not messages or kind == messages[0].kind
        off = self.whole(feedback, "off", 0, 0, highest, "feedback.")
        on = self.whole(feedback, "on", min(top, highest) if own else REST_TOP[kind], 0, highest, "feedback.")
        echo = self.yes(feedback, "echo", kind == "pitch_bend" and shown == messages, "feedback.")
        if len(shown) != len(messages):
            return nothing
        return [Lamp(message, off, on, echo) for message in shown]

    def touches(self, touch: Any, count: int, channel: int) -> list[Message | None]:
        if touch is None:
            return [None] * count
        if not isinstance(touch, dict):
            self.fault("touch", 'a table, such as { note = "104-111" }', touch)
            return [None] * count
        self.keys(touch, TOUCH_KEYS, "touch.")
        found = self.messages(touch, channel, "touch.", ("cc", "note"))
        if found and count and len(found) != count:
            self.fault("touch", f"{count} numbers, as many as the control has", len(found))
        return [*found] if len(found) == count else [None] * count

    def command(self, row: dict[str, Any]) -> tuple[str, tuple[Value, ...]]:
        """The command that a button says, and its words."""
        do, words = row.get("do", ""), row.get("words", [])
        known = True
        if expected := unknown(do):
            self.fault("do", expected, do)
            do, known = "marker/add", False  # so that nothing else is said of it
        if not isinstance(words, list) or not all(type(word) in (str, int, float) for word in words):
            self.fault("words", 'a list of texts and numbers, such as ["Chorus", 42.5]', words)
            words, known = [], False
        if words and not do:
            self.fault("words", "no such key without do", words)
        elif do and known and (expected := misfit(DESK[do], placed(tuple(words), 1))):
            self.fault("words", expected, words)
        return do, tuple(words)

    def value(self, row: dict[str, Any], path: str, mode: str) -> Value | None:
        """What a button sets."""
        value = row.get("value")
        if (mode == "set") != ("value" in row):
            needs = 'a value beside mode = "set"' if mode == "set" else 'no such key without mode = "set"'
            self.fault("value", needs, value if "value" in row else "nothing")
        elif self.registry is not None and (param := self.registry.params.get(path.replace("{n}", "1"))) is not None:
            try:
                return param.accept(value) if mode == "set" else None
            except Refusal as refusal:
                self.fault("value", refusal.expected or f"a value that {path} takes", value)
        return value if isinstance(value, str | int | float) else None

    def check(self, path: str, mode: str, kind: str, pressed: bool) -> None:
        """The path exists for some n, and the mode suits it and the message."""
        kinds, params = SUITS[mode]
        if kind and (kind not in kinds or (pressed and kind not in SUITS["toggle"][0])):
            self.fault("mode", f"one that {kind} can have ({' and '.join(kinds)} can be {mode})", mode)
        if self.registry is None or not path:
            return
        try:
            param = self.registry.find(path.replace("{n}", "1"))
        except Refusal as refusal:
            near = f" (nearest is {refusal.nearest})" if refusal.nearest else ""
            self.fault("path", f"a path of this console{near}", path)
            return
        if param.kind not in params or "read-only" in param.flags:
            self.fault("mode", f"a mode that suits {path}, a {param.kind}", mode)

    def data_entry(self, surface: Surface) -> None:
        """Beside NRPN, the eight controllers of data entry are no controls on that channel."""
        channels = {message.channel for message in surface.of("nrpn")}
        for control in surface.controls:
            for message in (control.message, control.touch):
                if message is None or message.channel not in channels or message.kind not in ("cc", "cc14"):
                    continue
                if NRPN_CCS & {message.number, message.number + (32 if message.kind == "cc14" else 0)}:
                    self.where = control.name
                    self.fault(message.kind, "a number that NRPN on this channel does not need", message.number)
