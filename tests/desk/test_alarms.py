"""What is wrong is told for as long as it lasts, to whoever asks and to whoever listens."""

import pytest

from library_rig import Rig
from studiod.desk.alarms import PATH, Alarms
from studiod.texts import TEXT_MOST


def test_all_that_is_wrong_is_told_until_it_is_over_and_each_change_once() -> None:
    rig = Rig()
    alarms, wrong = Alarms(rig.desk), ["", ""]
    alarms.add(lambda: wrong[0])
    alarms.add(lambda: wrong[1])
    heard = []
    rig.desk.listen(lambda origin, news: heard.append(news[PATH]) if PATH in news else None)
    for first, second, expected in (("", "", ""), ("a", "", "a"), ("a", "b", "a; b"), ("", "b", "b"), ("", "", "")):
        wrong[:] = first, second
        assert rig.desk.get(PATH) == rig.desk.status()["alarm"] == expected
        alarms.tick()
        alarms.tick()
    assert heard == ["a", "a; b", "b", ""]
    rig.store.close()


def test_an_alarm_is_fit_to_be_shown_and_nobody_sets_it() -> None:
    rig = Rig()
    alarms = Alarms(rig.desk)
    alarms.add(lambda: "\x1b[31m" + "x" * 1000)
    found = str(rig.desk.get(PATH))
    assert found.isprintable()
    assert len(found) == TEXT_MOST
    with pytest.raises(ValueError, match="status/alarm: read-only"):
        rig.desk.set(PATH, "")
    rig.store.close()
