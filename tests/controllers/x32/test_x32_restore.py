"""A restore of a backup: what is kept comes back at once with the desk's values, and is told."""

import asyncio
from pathlib import Path

from studiod.desk.command import Errand
from x32_rig import Stage

ICON, LATCH, TYPE, PAR = "/ch/01/config/icon", "/config/talk/A/latch", "/fx/1/type", "/fx/1/par/01"
SLOT = "/-show/showfile/scene/000/name"
ALL = (ICON, LATCH, TYPE, PAR, SLOT)


async def shown(stage: Stage) -> list[object]:
    return [(await stage.ask(1, address))[0][1][0] for address in ALL]


def restored(stage: Stage, file: Path) -> None:
    """As a controller carries the command out."""
    step = stage.desk.prepare("restore", "me", str(file))
    assert isinstance(step, Errand)
    deed = step.then(step.work())
    stage.desk.change(deed.changes.items(), deed.origin)
    list(deed.act(deed))


def test_what_is_kept_comes_back_with_a_restore_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "desk.studiod-backup"

    async def play() -> None:
        stage = Stage(folder=tmp_path / "state")
        for address, value in ((ICON, 7), (LATCH, 1), (TYPE, 10), (PAR, 0.3)):
            await stage.say(1, address, value)
        stage.rig.do("scene/store", "Verse")
        before = await shown(stage)
        assert before[0] == 7
        assert before[-1] == "Verse"
        stage.rig.do("backup", str(file))
        for address, value in ((ICON, 9), (LATCH, 0), (TYPE, 3), (PAR, 0.8)):
            await stage.say(1, address, value)
        stage.rig.do("scene/delete", "Verse")
        assert all(now != then for now, then in zip(await shown(stage), before, strict=True))
        await stage.say(2, "/xremote")
        restored(stage, file)
        told = dict(await stage.told(2, wait_s=0.1))
        assert await shown(stage) == before
        assert {ICON: told[ICON], LATCH: told[LATCH]} == {ICON: [7], LATCH: [1]}
        await stage.say(1, "/ch/02/config/icon", 3)  # the whole record is written down
        await asyncio.sleep(0.01)
        await stage.port.close()
        assert stage.rig.store.close()

        again = Stage(folder=tmp_path / "state")
        assert await shown(again) == before
        await again.port.close()
        assert again.rig.store.close()

    asyncio.run(play())


def test_a_port_that_is_closed_is_told_no_more(tmp_path: Path) -> None:
    async def play() -> None:
        stage = Stage(folder=tmp_path)
        count = len(stage.rig.store.holders)
        await stage.port.close()
        assert len(stage.rig.store.holders) == count - 2
        assert stage.rig.store.close()

    asyncio.run(play())
