"""The JavaScript of a session of Open Stage Control: asking for what it shows, whether a desk is there, texts."""

import json

from studiod.layouts.surface import CHOSEN
from studiod.layouts.wanted import HZ
from studiod.registry.laws import plain
from studiod.registry.param import Param

ALIVE, LOST = "studiod", "no desk"  # what the line above the pages says
RED, GREEN = "#e01b24", "#1a4d26"
EVERY_MS, SOON_MS, LOST_MS = 10_000, 2_000, 3_000  # SOON: the desk trusts a listener that has spoken twice
RGB = {"off": "#444", "red": "#c33", "green": "#294", "yellow": "#a91", "blue": "#25c", "magenta": "#b29",
       "cyan": "#19b", "white": "#999"}  # fmt: skip
QUIET = "{send: false}"

UNSEEN = "\ufeff"  # as wide as nothing; the app takes it for a space

# Of a strip's name: ^ and a word would be an icon.  An empty one shows what stands there by default.
NAME = f"if (/\\^\\S/.test(value)) set('this', value.replace(/\\^/g, '^\\ufeff'), {QUIET})"
FIGURE = f"if (typeof value === 'number') set('this', value.toFixed(1), {QUIET})"


def root(patterns: list[str], banks: list[str]) -> str:
    """Of the session: it asks at its start, once more soon, and then every ten seconds."""
    return (
        f"var patterns = {json.dumps(patterns)}, banks = {json.dumps(banks)}\n"
        "function ask() {\n"
        "  for (var p of patterns) send('/subscribe', p)\n"
        f"  for (var b of banks) send('/meters/subscribe', b, {HZ})\n"
        "}\n"
        "ask()\n"
        f"setTimeout('soon', ask, {SOON_MS})\n"
        f"setInterval('ask', ask, {EVERY_MS})"
    )


def heart() -> str:
    """Of what hears /alive: the line is red until it comes, and when it has not come for a while."""
    return (
        f"set('alive', '{ALIVE}', {QUIET})\n"
        f"setVar('alive', 'c', '{GREEN}')\n"
        "setTimeout('lost', function() {\n"
        f"  set('alive', '{LOST}', {QUIET})\n"
        f"  setVar('alive', 'c', '{RED}')\n"
        f"}}, {LOST_MS})"
    )


def colour(names: str) -> str:
    """Of what hears a strip's colour; names: the ids of its names, with a star."""
    return f"setVar({json.dumps(names)}, 'c', ({json.dumps(RGB)})[value] || '{RGB['off']}')"


def touch(path: str, chooser: str) -> str:
    """Of a fader: a finger is down, a finger is up.  chooser: the id of what chooses the strip, if path has CHOSEN."""
    told = json.dumps(path).replace(CHOSEN, f'" + get({json.dumps(chooser)}) + "')
    return (
        "if (event.type === 'start' || event.type === 'stop') "
        f"send({told}, {{type: 'i', value: event.type === 'start' ? 1 : 0}})"
    )


def number(one: Param, shown: str, turn: bool) -> str:
    """Of a number's control: its value as text; turn: of a position of an octave law, or one of whole numbers."""
    low, high = plain(one.low), plain(one.high)
    lines = ["var v = value"]
    if turn and one.law == "octave":
        lines.append(f"v = {low:.9g} * Math.exp(value * Math.log({high:.9g} / {low:.9g}))")
    elif turn:
        lines.append(f"v = Math.round({low:.9g} + value * ({high:.9g} - {low:.9g}))")
    places = (
        "Math.abs(v) < 100 ? (Math.abs(v) < 10 ? 2 : 1) : 0" if one.law == "octave" else "Math.abs(v) < 100 ? 1 : 0"
    )
    text = f"v.toFixed({places}).replace(/^-([0.]+)$/, '$1')"
    if one.law == "fader":
        text = f"(v <= {low:.9g} ? '-oo' : {text})"
    unit = f" + {json.dumps(' ' + one.unit)}" if one.unit else ""
    lines.append(f"set({json.dumps(shown)}, {text}{unit}, {QUIET})")
    return "\n".join(lines)


def choose() -> str:
    """Of what chooses a strip: it is followed, and the one before left; asked anew every ten seconds."""
    return (
        "var of = function(n) { return ['/ch/' + n + '/**', '/turn/ch/' + n + '/**'] }\n"
        "var ask = function() { for (var p of of(get('this'))) send('/subscribe', p) }\n"
        "var now = get('this'), old = getVar('this', 'old')\n"
        "if (now !== undefined && now !== '') {\n"
        "  if (old !== undefined && old !== now) for (var p of of(old)) send('/unsubscribe', p)\n"
        "  setVar('this', 'old', now)\n"
        "  ask()\n"
        f"  setInterval('ask', ask, {EVERY_MS})\n"
        "}"
    )
