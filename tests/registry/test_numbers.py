"""NRPN numbers are for ever: the list of ids given so far stays, and a console that grows renumbers nothing."""

from pathlib import Path

from studiod.registry.registry import BLOCKS, Console, Registry
from studiod.registry.template import BLOCK

GIVEN = Path(__file__).with_name("numbers.txt")  # "kind id path", append only
MOST = {"inputs": 128, "outputs": 128, "channels": 128, "returns": 8, "matrices": 16, "dcas": 16, "mute_groups": 16}
BIG = Registry(Console(**MOST, surfaces=4))


def ids(registry: Registry) -> set[str]:
    """kind, id and path within the strip of every parameter of a console."""
    out = set()
    for param in registry.params.values():
        channel, number = param.nrpn
        block, id = divmod((channel - 1) * 16384 + number, BLOCK)
        assert id == param.id
        kind = max((name for name in BLOCKS if BLOCKS[name] <= block), key=BLOCKS.__getitem__)
        index = f"{block - BLOCKS[kind] + 1}/"
        tail = param.path if kind == "global" else param.path.removeprefix(f"{kind}/").removeprefix(index)
        out.add(f"{kind} {id} {tail}")
    return out


def test_the_ids_that_were_ever_given_stay_and_new_ones_are_written_down() -> None:
    given = GIVEN.read_text("utf-8").splitlines()
    now = ids(BIG)
    assert len(set(given)) == len(given)
    assert len({tuple(line.split()[:2]) for line in given}) == len(given), "an id means one thing, also a retired one"
    lost = sorted(set(given) - now)
    assert not lost, f"these had a number and have another, or none: {lost}"
    new = sorted(now - set(given), key=lambda line: (line.split()[0], int(line.split()[1])))
    assert not new, f"append to {GIVEN.name}, whose lines are for ever:\n" + "\n".join(new)


def test_no_number_changes_from_16_to_128_channels() -> None:
    small = Registry(Console(inputs=16, outputs=8, channels=16, buses=8))
    for path, param in small.params.items():
        assert BIG.params[path].nrpn == param.nrpn, path
    assert len(BIG.params) > 5 * len(small.params)


def test_nobody_has_the_number_that_selects_none() -> None:
    assert all(param.nrpn[1] != 16383 for param in BIG.params.values())
    assert max(param.id for param in BIG.params.values()) < BLOCK - 1, "the last id of every 32nd block would be it"
