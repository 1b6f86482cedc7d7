"""Laws of a table of what was asked for lately."""

import random

from studiod.registry.recent import Recent


def test_what_nobody_asked_for_longest_goes_first():
    table = Recent(entries=2, weight=100)
    table.put("a", 1, 1)
    table.put("b", 2, 1)
    assert table.get("a") == 1
    table.put("c", 3, 1)
    assert "b" not in table
    assert (table.get("a"), table.get("b"), table.get("c")) == (1, None, 3)


def test_neither_entries_nor_weight_pass_their_bounds_whatever_comes():
    dice, table, model = random.Random(9), Recent(entries=8, weight=50), {}
    for turn in range(3000):
        key, weight = dice.randrange(20), dice.randrange(70)
        table.put(key, turn, weight)
        model.pop(key, None)  # the same by hand, slowly
        if weight <= 50:
            model[key] = turn, weight
        while len(model) > 8 or sum(w for _, w in model.values()) > 50:
            del model[next(iter(model))]
        asked = dice.randrange(20)
        kept = table.get(asked)
        assert kept == (model[asked][0] if asked in model else None)
        if asked in model:
            model[asked] = model.pop(asked)
        assert len(table) == len(model) <= 8
        assert table.weight == sum(w for _, w in model.values()) <= 50


def test_a_cleared_table_is_empty_and_takes_as_much_as_before():
    table = Recent(entries=3, weight=10)
    for key in "abc":
        table.put(key, key, 3)
    table.clear()
    assert (len(table), table.weight, table.get("a")) == (0, 0, None)
    table.put("d", "d", 10)
    assert table.get("d") == "d"
