"""What a console of firmware 4.06 has and prints, by the data of the npm package x32-osc, and the formulas of its text
written down here once more: nothing of them is taken from the port."""

import json
import math
import subprocess
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from node_clients import node_modules
from servers import need_tool

_DUMP = """
const d = require(process.argv[1] + '/x32-osc/x32definitions.js');
const leaves = [];
const walk = (node, path) => {
  for (const key of Object.keys(node)) {
    const name = key.replace(/^'/, ''), held = node[key];
    const copy = {...held};
    delete copy._conditional;
    if (held._type) leaves.push([[...path, name].join('/'), copy]);
    else walk(held, [...path, name]);
  }
};
walk(d.x32NodeStructure, []);
const effects = d.x32NodeStructure.fx["'1"].par["'01"]._conditional;
console.log(JSON.stringify({leaves, effects}));
"""
Leaf = dict[str, Any]


@cache
def console() -> tuple[dict[str, Leaf], dict[str, list[Leaf]]]:
    """The leaves by address, in the console's order, and the parameters of each type of effect."""
    node = need_tool("node", "nodejs")
    told = subprocess.run([node, "-e", _DUMP, str(node_modules())], capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    return dict(found["leaves"]), found["effects"]


def last(leaf: Leaf) -> int:
    """The highest step."""
    kind = leaf["_type"]
    if kind in ("enum", "virtualEnum"):
        return len(leaf["_enum"]) - 1
    if kind == "linear":
        return round((leaf["_max"] - leaf["_min"]) / leaf["_step"])
    if kind == "exponential":
        return int(leaf["_steps"])
    if kind == "bitmap":
        return (1 << int(leaf["_size"])) - 1
    return {"level": 1023, "level161": 160, "icon": 74, "int": int(leaf.get("_max", 0))}[kind]


def is_text(leaf: Leaf) -> bool:
    return leaf["_type"] in ("string", "encString", "btnString")


def is_float(leaf: Leaf) -> bool:
    return leaf["_type"] in ("level", "level161", "linear", "exponential")


def level_db(turn: float) -> float:
    """The four lines of the fader."""
    if turn >= 0.5:
        return 40.0 * turn - 30.0
    if turn >= 0.25:
        return 80.0 * turn - 50.0
    return 160.0 * turn - 70.0 if turn >= 0.0625 else 480.0 * turn - 90.0


def value(leaf: Leaf, step: int) -> float:
    """The plain value of a step."""
    turn = step / last(leaf)
    if leaf["_type"] in ("level", "level161"):
        return level_db(turn)
    low, high = leaf["_min"], leaf["_max"]
    return low + turn * (high - low) if leaf["_type"] == "linear" else low * (high / low) ** turn


def text(leaf: Leaf, step: int) -> str:
    """What the console prints."""
    kind = leaf["_type"]
    if kind == "enum":
        return str(leaf["_enum"][step])
    if kind == "bitmap":
        return f"%{step:0{leaf['_size']}b}"
    if not is_float(leaf):
        return str(step)
    plain = round(value(leaf, step), 7)
    if kind in ("level", "level161"):
        if step == 0:
            return "-oo"
        plain = 0.0 if kind == "level" and abs(plain) < 0.1 else plain
        return f"{'+' if plain > 0 else ''}{rounded(plain, 1)}"
    if leaf.get("_freq") and plain >= 1000:
        shown = math.floor(plain + 0.5) if leaf["_decimals"] == 0 else plain
        rest = math.floor(math.floor(shown * 10 + 0.5) / 10 % 1000)
        return f"{math.floor(plain / 1000)}k{rest:03d}"[: len(str(math.floor(plain / 1000))) + 2 + leaf["_decimals"]]
    decimals = leaf.get("_decimals", 0)
    out = rounded(plain, decimals)
    if leaf.get("_plusSign") and plain >= 0:
        out = f"+{out}"
    over = len(str(math.floor(abs(plain)))) + decimals - leaf.get("_maxDigits", 99)
    if over > 0:
        over = min(over, decimals)
        out = out[: -(over + (over == decimals))]
    return out


def rounded(plain: float, decimals: int) -> str:
    told = Decimal(abs(plain)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"-{told}" if plain < 0 else str(told)


def wire(leaf: Leaf, step: int) -> float | int:
    """A step as a client sends it."""
    return step / last(leaf) if is_float(leaf) else step
