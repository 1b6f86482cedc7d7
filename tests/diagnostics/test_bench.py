"""The bench: its keys, and that it cannot be fooled.  No times are asserted: a test machine has other work."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studiod.diagnostics import bench, bench_c_reference, bench_live

SMALL: dict[str, Any] = {"channels": 2, "blocks": 40, "changes": 3}


def test_the_bench_prints_its_keys_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.bench(True, **SMALL) == 0
    found = json.loads(capsys.readouterr().out)
    keys = {"strips_per_core", "block_us", "moving_block_us", "control_to_sample_ms", "start_s", "memory_mb"}
    beside = {"added_strips_per_core", "judge_strips_per_core", "of_judge", "judge", "block_us_16", "recall_block"}
    assert set(found) == keys | beside
    assert list(found["block_us_16"]) == ["p50", "p99", "p99_9", "max", "of_period"]
    assert found["block_us_16"]["of_period"] == pytest.approx(found["block_us_16"]["p99_9"] / (16e6 / 48_000), abs=1e-3)
    assert list(found["recall_block"]) == ["us", "of_period"]
    assert found["recall_block"]["of_period"] == pytest.approx(found["recall_block"]["us"] / (64e6 / 48_000), abs=1e-3)
    assert found["judge_strips_per_core"] is found["of_judge"] is None  # two channels: the judge takes eight
    assert found["judge"] == "no judge: it takes channels by eight and buses by two"
    for name in ("block_us", "moving_block_us"):
        assert list(found[name]) == ["p50", "p99", "p99_9", "max"]
        assert 0.0 < found[name]["p50"] <= found[name]["p99"] <= found[name]["p99_9"] <= found[name]["max"]
    assert set(found["control_to_sample_ms"]) == {"p50", "p99"}
    assert found["strips_per_core"] > 0
    assert found["start_s"] > 0.0
    assert found["memory_mb"] > 0.0


def test_without_json_it_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.bench(False, **SMALL, with_daemon=False) == 0
    printed = capsys.readouterr().out
    assert "strips_per_core" in printed
    assert "p99_9" in printed


def test_every_unit_of_the_standard_strip_is_heard() -> None:
    bench.prove()


# each unit of the strip made idle, so that switching it off changes nothing
IDLE = {
    "trim": {"trim": 0.0},
    "high-pass": {"hpf/on": 0},
    "gate": {"gate/on": 0},
    **{f"eq band {b}": {f"eq/{b}/gain": 0.0} for b in (1, 2, 3, 4)},
    "compressor": {"comp/on": 0, "comp/makeup": 0.0},
    "knee": {"comp/knee": 0.0},
    "fader": {"fader": 0.0},
    **{f"send {m}": {f"send/{m}/level": -90.0} for m in (1, 8, 16)},
}


@pytest.mark.parametrize("unit", IDLE)
def test_a_unit_that_does_nothing_is_named(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bench.strip
    monkeypatch.setattr(bench, "strip", lambda n: whole(n) | IDLE[unit])
    with pytest.raises(bench.Unheard, match=f"^{unit}: "):
        bench.prove({unit: bench.UNITS[unit]})


def test_a_unit_that_does_nothing_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = bench.strip
    monkeypatch.setattr(bench, "strip", lambda n: whole(n) | {"eq/3/gain": 0.0})
    assert bench.bench(True, **SMALL, with_daemon=False) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "bench: eq band 3: switched off, the output stays the same" in said.err


def test_meters_that_read_nothing_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "music", lambda frames, channels: np.zeros((frames, channels), np.float32))
    with pytest.raises(bench.Unheard, match=r"^meters: "):
        bench.prove({})


def test_a_setting_that_the_desk_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bench.strip
    monkeypatch.setattr(bench, "strip", lambda n: whole(n) | {"trim": 99.0})
    with pytest.raises(bench.Unheard, match="refused: ch/1/trim"):
        bench.desk(1)


def test_a_change_is_never_heard_before_it_was_made() -> None:
    offline = bench.desk(2)
    waits = bench_live.change_to_sample_ms(offline.desk.values, offline.console, 64, 5)
    assert len(waits) == 5
    # a change may land on the block whose deadline is just past: at most one block of 64 frames (1.3 ms) early
    assert (waits > -64 / 48.0).all()


def test_a_daemon_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_live.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="the daemon did not start"):
        bench_live.daemon()


# -- the judge ------------------------------------------------------------------------------------------


def test_the_judge_gives_the_same_sound_and_is_timed_beside_the_desk() -> None:
    found = bench.compared(8, 100)
    if found["judge"].startswith("no judge: no C compiler"):
        pytest.skip(found["judge"])
    assert found["judge"].startswith("the same sound within ")
    assert found["judge_strips_per_core"] > 0
    assert found["of_judge"] > 0.0


# what the judge does not have, or what it would have to notice; each makes another sound
OTHERS = {
    "a peak detector": {"comp/detector": "peak"},
    "an expander": {"gate/mode": "expand2"},
    "half of it dry": {"comp/mix": 50.0},
    "a send before the fader": {"send/3/tap": "pre_fader"},
    "a compressor before the EQ": {"comp/position": "pre_eq"},
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_judge_of_another_strip_is_refused(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bench.strip
    monkeypatch.setattr(bench, "strip", lambda n: whole(n) | OTHERS[what])
    judge, said = bench.appointed(8)
    if said.startswith("no judge: no C compiler"):
        pytest.skip(said)
    assert judge is None
    assert said.startswith("no judge: strip.c is ")
    assert said.endswith(" of full level away from this sound")


def test_a_machine_without_a_compiler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_c_reference.shutil, "which", lambda name: None)
    assert bench.appointed(8) == (None, "no judge: no C compiler here (cc, gcc, clang, or what CC names)")


def test_an_installation_without_the_judge_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench_c_reference, "SOURCE", tmp_path / "strip.c")
    assert bench.appointed(8) == (None, "no judge: tests/bench/strip.c comes with a checkout only")


def test_a_judge_that_does_not_compile_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "strip.c").write_text("no C at all\n")
    monkeypatch.setattr(bench_c_reference, "SOURCE", tmp_path / "strip.c")
    judge, said = bench.appointed(8)
    assert judge is None
    assert said.startswith("no judge: ")
    assert " failed: " in said or "no C compiler" in said
