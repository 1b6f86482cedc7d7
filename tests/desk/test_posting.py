"""A change that is posted twice, since another was posted ahead: where the second fails, the first is taken back."""

from typing import Any

import pytest

from library_rig import Rig


def fails_at(rig: Rig, frame: int, monkeypatch: pytest.MonkeyPatch) -> None:
    post = rig.engine.post

    def failing(changed: dict[str, Any], values: dict[str, Any], at: int) -> None:
        post(changed, values, at)
        if at == frame:
            raise ZeroDivisionError

    monkeypatch.setattr(rig.engine, "post", failing)


def test_what_was_posted_of_a_change_that_failed_is_followed_by_what_stood_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = Rig()
    ahead = rig.engine.frame_at(rig.now_ns) + 5000
    rig.desk.change_at([("ch/1/fader", -3.0)], ahead)
    rig.engine.posts.clear()
    with monkeypatch.context() as broken:
        fails_at(rig, ahead, broken)
        with pytest.raises(ZeroDivisionError):
            rig.desk.change([("ch/1/mute", 1)])
    assert rig.desk.get("ch/1/mute") == 0
    assert rig.engine.posts[0] == (0, {"ch/1/mute": 1}), "it was on its way"
    assert rig.engine.posts[-1] == (0, {"ch/1/mute": 0}), "and is taken back there too"
    rig.engine.posts.clear()
    rig.desk.change([("ch/1/mute", 1)])
    assert rig.engine.posts == [(0, {"ch/1/mute": 1}), (ahead, {"ch/1/mute": 1})]


def test_a_change_that_failed_at_once_posts_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    rig.engine.posts.clear()
    with monkeypatch.context() as broken:
        fails_at(rig, 0, broken)
        with pytest.raises(ZeroDivisionError):
            rig.desk.change([("ch/1/mute", 1)])
    assert rig.engine.posts == [(0, {"ch/1/mute": 1})]
