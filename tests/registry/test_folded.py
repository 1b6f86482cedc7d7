"""The manual for people folds indices: every parameter stands in it once, in a fold that spells its path and number."""

import re
from itertools import product

import pytest

from studiod.registry.folded import NUMBERS, Fold, folded, span
from studiod.registry.registry import Console, Registry

CONSOLES = [
    Console(rate_hz=48000),
    Console(2, 2, 1, 1),
    Console(3, 2, 3, 2, returns=1, matrices=2, dcas=1),
    Console(5, 8, 7, 16, returns=4, matrices=6, dcas=8, mute_groups=6),
]


def spelt(path: str) -> list[str]:
    """Every path that a fold's path stands for."""

    def indices(part: str) -> list[str]:
        if not re.fullmatch(r"[0-9][0-9.,]*", part):
            return [part]
        if match := re.fullmatch(r"(\d+)\.\.(\d+)", part):
            return [str(n) for n in range(int(match[1]), int(match[2]) + 1)]
        if match := re.fullmatch(r"(\d+),(\d+)\.\.(\d+)", part):
            return [str(n) for n in range(int(match[1]), int(match[3]) + 1, int(match[2]) - int(match[1]))]
        return part.split(",")

    return ["/".join(parts) for parts in product(*map(indices, path.split("/")))]


def place(fold: Fold, k: int) -> int:
    channel, number = fold.params[k].nrpn
    return (channel - 1) * NUMBERS + number


@pytest.mark.parametrize("console", CONSOLES, ids=str)
def test_every_parameter_stands_in_one_fold_that_spells_its_path(console: Console) -> None:
    registry = Registry(console)
    folds = folded(registry.params.values())
    assert sorted(path for fold in folds for path in spelt(fold.path)) == sorted(registry.params)
    for fold in folds:
        assert spelt(fold.path) == [param.path for param in fold.params]
        for param in fold.params:
            last = (re.findall(r"(?<![^/])[0-9]+(?![^/])", param.path) or ["N"])[-1]
            own = re.sub(r"\bN\b", last, fold.about)
            assert param.about in (fold.about, own)
            assert (param.expected, param.flags) == (fold.params[0].expected, fold.params[0].flags)


@pytest.mark.parametrize("console", CONSOLES, ids=str)
def test_the_steps_of_numbers_hold_for_every_index(console: Console) -> None:
    for fold in folded(Registry(console).params.values()):
        sizes = [len(spelt(part)) for part in fold.path.split("/") if len(spelt(part)) > 1]
        assert len(sizes) == len(fold.steps)
        for k, at in enumerate(product(*map(range, sizes))):
            assert place(fold, k) == place(fold, 0) + sum(a * step for a, step in zip(at, fold.steps, strict=True))


def test_a_whole_console_is_a_few_pages() -> None:
    registry = Registry(Console(128, 128, 128, 16, returns=16, matrices=16, dcas=16, mute_groups=16))
    assert len(registry.params) > 20_000
    assert len(folded(registry.params.values())) < 500


@pytest.mark.parametrize(
    ("indices", "words"),
    [([3], "3"), ([1, 2], "1..2"), ([1, 3], "1,3"), ([1, 2, 3], "1..3"), ([1, 3, 5], "1,3..5"), ([1, 2, 5], "1,2,5")],
)
def test_spans_are_spelt_short(indices: list[int], words: str) -> None:
    assert span(indices) == words
    assert spelt(words) == [str(n) for n in indices]
