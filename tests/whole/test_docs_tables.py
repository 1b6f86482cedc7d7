"""What the docs say in tables, against the registry: nothing that can be set is missing, and the rest is the rest."""

import re
from pathlib import Path

import pytest

from studiod.registry.laws import shown
from studiod.registry.registry import Console, Registry

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = Registry(Console(2, 2, returns=1))


@pytest.mark.parametrize("effect", ["reverb", "delay", "chorus"])
def test_the_table_of_an_effect_has_every_parameter_with_its_rest_value(effect: str) -> None:
    lines = (ROOT / "docs" / "fx.md").read_text("utf-8").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith(f"| `fx/K/{effect}/`"))
    last = next(k for k in range(first, len(lines)) if not lines[k].startswith("|"))
    rows = {
        name: line for line in lines[first + 2 : last] for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }  # a row may hold two
    params = {path.rpartition("/")[2]: p for path, p in REGISTRY.params.items() if path.startswith(f"fx/1/{effect}/")}
    assert rows.keys() == params.keys()
    for name, param in params.items():
        rest = shown(param.rest) if isinstance(param.rest, float) else str(param.rest)
        numbers = re.split(r"[ ,;|*`]+", rows[name])
        assert rest in numbers, f"{name} rests at {rest}: {rows[name]}"


def test_only_what_can_be_set_is_bounded_to_a_length() -> None:
    texts = {path: param for path, param in REGISTRY.params.items() if param.kind == "text"}
    assert any("read-only" in param.flags for param in texts.values())
    for path, param in texts.items():
        assert ("at most" in param.expected) == ("read-only" not in param.flags), path
