"""A surface as a file of TouchOSC: pagers, faders, buttons and labels with their messages, written by py2tosc."""

import zlib
from pathlib import Path
from typing import Any

import py2tosc
from py2tosc import Control, OscMessage, Partial, Trigger, Value

from studiod.layouts import touchosc_scripts as scripts
from studiod.layouts.surface import BAR, CHOSEN, TABS, Book, Frame, Page, Part, Surface
from studiod.layouts.wanted import address, addresses, banks, patterns
from studiod.registry.registry import Registry

NORTH, EAST = 0, 1
TOGGLE = 2  # of a button: at the press
SMALL = 12  # of text
STEPS = (-8, -1, 1, 8)  # of the chooser's buttons
DARK, SET, GREEN, TALK = (0.2, 0.2, 0.22, 1.0), (0.25, 0.45, 0.7, 1.0), (0.15, 0.7, 0.3, 1.0), (0.8, 0.3, 0.1, 1.0)
SWITCHES = {"mute": (0.8, 0.2, 0.2, 1.0), "solo": (0.85, 0.7, 0.1, 1.0)}  # their colours by the last word


def document(registry: Registry, surface: Surface, port: int) -> py2tosc.Document:
    """The layout.  port: the one that the app listens on."""
    told = list(surface.parts())
    script = scripts.root(port, patterns(addresses(registry, told)), banks(told))
    w, h = surface.width, surface.height
    root = py2tosc.group(name="studiod", frame=(0, 0, w, h), script=script)
    root.add(_label("alive", (0, 0, w, BAR), scripts.LOST))
    root.add(_Writer(registry, surface, port).pager(surface.book, (0, BAR, w, h - BAR)))
    return py2tosc.Document(root=root)


def write(registry: Registry, surface: Surface, port: int, path: Path) -> None:
    """The layout as a file, whatever its name ends with.  Raises OSError, py2tosc.ValidationError."""
    path.write_bytes(zlib.compress(document(registry, surface, port).dumps(validate=True).encode()))


def _label(name: str, frame: Frame, text: str = "", **more: Any) -> Control:
    text = text.replace("]]>", "]] >")  # which would end the section that the file has it in
    values = [Value("text", locked_default_current=True, default=text), Value("touch")]
    more = {"color": DARK, "text_size": SMALL, **more}
    return py2tosc.label(name=name, frame=frame, values=values, outline=False, **more)


def _path(told: str) -> list[Partial]:
    """An address; the number of the strip that is chosen is the name of the page."""
    before, chosen, after = told.partition(CHOSEN)
    if not chosen:
        return [Partial("CONSTANT", "STRING", told)]
    return [Partial("CONSTANT", "STRING", before), Partial("PROPERTY", "STRING", "parent.name"),
            Partial("CONSTANT", "STRING", after)]  # fmt: skip


def _message(told: str, value: str, conversion: str, send: bool = True, receive: bool = True) -> OscMessage:
    return OscMessage(
        send=send, receive=receive, triggers=[Trigger(value)], path=_path(told),
        arguments=[Partial("VALUE", conversion, value)],
    )  # fmt: skip


class _Writer:
    """The controls of one surface."""

    def __init__(self, registry: Registry, surface: Surface, port: int) -> None:
        self.registry, self.surface, self.port = registry, surface, port

    def pager(self, book: Book, frame: Frame) -> Control:
        made = py2tosc.pager(name=book.label or "pages", frame=frame, tabbar_size=TABS)
        inner = (0, TABS, frame[2], frame[3] - TABS)
        made.add(*(self.page(one, inner) for one in book.pages))
        return made

    def page(self, one: Page | Book, frame: Frame) -> Control:
        made = py2tosc.group(name=one.label, frame=frame, tab_label=one.label, tab_color_off=DARK, tab_color_on=SET)
        if isinstance(one, Book):
            made.add(self.pager(one, (0, 0, frame[2], frame[3])))
            return made
        if any(part.kind == "chooser" for part in one.parts):
            made.set("name", str(self.surface.strips[0]))
            made.set("script", scripts.chooser(self.port, self.surface.strips))
        shown = {part.path for part in one.parts if part.kind == "shown"}
        for part in one.parts:
            made.add(*self.controls(part, part.path in shown))
        return made

    def controls(self, part: Part, shown: bool) -> list[Control]:
        """One part: one control, or a button and the text upon it.  shown: its value stands beside it as text."""
        return list(getattr(self, f"_{part.kind}")(part, shown))

    def _fader(self, part: Part, shown: bool, orientation: int = NORTH) -> list[Control]:
        one = self.registry.params[part.path.replace(CHOSEN, "1")]
        rest = one.to_turn(one.rest)
        made = py2tosc.fader(
            name=part.path, frame=part.frame, color=SET, orientation=orientation, response=1,
            values=[Value("x", default=rest), Value("touch")],
            messages=[
                _message(address(self.registry, part), "x", "FLOAT"),
                _message(f"/touch/{part.path}", "touch", "INTEGER", receive=False),
            ],
        )  # fmt: skip
        if one.low < 0.0 < one.high and one.law == "line":
            made.set("centered", True)
        if shown:
            made.set("script", scripts.number(one, f"{part.path} shown"))
        return [made]

    def _knob(self, part: Part, shown: bool) -> list[Control]:
        return self._fader(part, shown, EAST)

    def _shown(self, part: Part, _: bool) -> list[Control]:
        return [_label(f"{part.path} shown", part.frame)]

    def _title(self, part: Part, _: bool) -> list[Control]:
        return [_label(f"title {part.label}", part.frame, part.label)]

    def _figure(self, part: Part, _: bool) -> list[Control]:
        return [_label(f"figure {part.path}", part.frame)]

    def _name(self, part: Part, _: bool) -> list[Control]:
        made = _label(part.path, part.frame, part.label, script=scripts.name(part.label))
        made.messages.append(_message(f"/{part.path}", "text", "STRING", send=False))
        return [made]

    def _meter(self, part: Part, _: bool) -> list[Control]:
        told = address(self.registry, part)
        return [py2tosc.fader(
            name=told, frame=part.frame, color=GREEN, interactive=False, cursor=False, grid=False,
            messages=[_message(told, "x", "FLOAT", send=False)],
        )]  # fmt: skip

    def _button(self, part: Part, kind: int, color: tuple[float, ...], conversion: str, receive: bool) -> list[Control]:
        told = address(self.registry, part)
        made = py2tosc.button(
            name=part.path, frame=part.frame, color=color, button_type=kind,
            messages=[_message(told, "x", conversion, receive=receive)],
        )  # fmt: skip
        return [made, _label(f"text {part.path}", part.frame, part.label, background=False)]

    def _switch(self, part: Part, _: bool) -> list[Control]:
        one = self.registry.params[part.path.replace(CHOSEN, "1")]
        made = self._button(
            part, TOGGLE, SWITCHES.get(part.path.rpartition("/")[2], GREEN),
            "INTEGER" if one.kind == "switch" else "FLOAT", receive=True,
        )  # fmt: skip
        made[0].values[0].default = one.to_turn(one.rest)
        return made

    def _hold(self, part: Part, _: bool) -> list[Control]:
        return self._button(part, 0, TALK, "INTEGER", receive=False)

    def _action(self, part: Part, _: bool) -> list[Control]:
        return self._button(part, 0, SET, "INTEGER", receive=False)

    def _chooser(self, part: Part, _: bool) -> list[Control]:
        x, y, w, h = part.frame
        each = w // 6
        made = []
        for k, by in enumerate(STEPS):
            at = (x + (k if by < 0 else k + 2) * each, y, each, h)
            made.append(py2tosc.button(name=f"step {by}", frame=at, color=SET, script=scripts.step(by)))
            made.append(_label(f"text step {by}", at, f"{by:+d}", background=False))
        name = _label("chosen", (x + 2 * each, y, 2 * each, h), script=scripts.chosen_name())
        name.messages.append(_message(f"/{part.path}/name", "text", "STRING", send=False))
        return [*made, name]
