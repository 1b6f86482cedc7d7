"""`studiod check`: each check for a machine that is fit and one that is not.

Real wherever it can be made: folders, sockets, limits of a process of its own, a JACK server.  What a test machine
cannot have (governors, sound cards, USB, a systemd of its own) is a folder of the files that the kernel would show.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import servers
from studiod.diagnostics import check_load, check_machine, check_settings, checks
from studiod.diagnostics.check_result import STATES, Verdict, fail, ok
from studiod.diagnostics.check_service import installed
from studiod.diagnostics.check_settings import Studio
from studiod.host import device_ask, devices
from studiod.host.warm import stamp
from studiod.settings.schema import Settings, SettingsError

NOBODY = 65534


def studio(**tables: Any) -> Studio:
    return Studio(Settings.model_validate(tables))


def files(root: Path, texts: dict[str, str]) -> Path:
    """A folder that stands in for a machine."""
    for name, text in texts.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def has(verdict: Verdict, state: str, part: str = "") -> None:
    assert verdict.state == state, verdict
    assert part in verdict.told, verdict
    assert bool(verdict.remedy) == (state != "ok"), "whoever is not content says what to do"


# -- the command ----------------------------------------------------------------------------------------


def command(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(servers.ROOT), os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, "-m", "studiod", "check", *words],
        env={**os.environ, "PYTHONPATH": path}, cwd=folder, capture_output=True, text=True, timeout=180,
    )  # fmt: skip


def config(folder: Path, **tables: Any) -> Path:
    free = {"osc": {"port": servers.free_udp_port()}}
    file = folder / "studio.toml"
    file.write_text(servers.to_toml({**free, "state": {"directory": str(folder / "state")}, **tables}))
    return file


def test_a_line_for_every_check_and_0_when_nothing_fails(tmp_path: Path) -> None:
    done = command("--config", str(config(tmp_path)), "--json", folder=tmp_path)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert [line["check"] for line in found["checks"]] == list(checks.CHECKS)
    assert {line["state"] for line in found["checks"]} <= set(STATES)
    assert found["fit"] == all(line["state"] != "fail" for line in found["checks"])
    assert done.returncode == (0 if found["fit"] else 1)
    for line in found["checks"]:
        assert bool(line["remedy"]) == (line["state"] != "ok"), line
        assert not line["told"].startswith("the check itself"), line
    assert not (tmp_path / "state").exists(), "it looks, and makes nothing"


def test_1_when_something_fails_and_each_line_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    done = command("--config", str(config(tmp_path)), folder=tmp_path)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == len(checks.CHECKS)
    assert all(line.startswith("ok ") or "; do: " in line for line in lines)
    (failed,) = (line for line in lines if line.split()[1] == "state")
    assert failed.startswith("fail  state")


def test_2_and_all_faults_for_bad_settings(tmp_path: Path) -> None:
    done = command("--config", str(config(tmp_path, interface={"rate_hz": 12, "device": ""})), folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "interface.rate_hz" in done.stderr
    assert "interface.device" in done.stderr


def test_a_check_that_breaks_has_failed_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Studio) -> Verdict:
        raise OSError("no such thing")

    monkeypatch.setattr(checks, "CHECKS", {"one": broken, "two": lambda _: ok("fine")})
    found = dict(checks.run(Studio(Settings())))
    has(found["one"], "fail", "OSError: no such thing")
    has(found["two"], "ok", "fine")


# -- the settings ---------------------------------------------------------------------------------------


def test_the_virtual_interface_is_no_rack() -> None:
    has(check_settings.interface(studio()), "warn", "nothing is heard")


def test_without_an_interface_what_is_wrong_stands_apart_from_what_to_do_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    here = studio(interface={"device": "default"})
    object.__setattr__(here, "found", [])  # as on a machine without one
    found = check_settings.interface(here)
    has(found, "fail", "no audio interface: ")
    assert "no audio interface" not in found.remedy
    assert found.remedy.startswith(("connect one", "put this user", "as root", "start it"))
    assert here.console.inputs == 32
    assert caplog.messages == []


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 4}], indirect=True)
def test_an_interface_that_fits_and_one_that_does_not(jack_server: servers.JackServer) -> None:
    fits = studio(interface={"device": "system"})
    has(check_settings.interface(fits), "ok", '"system": 4 in, 4 out, 48000 Hz')
    assert (fits.console.inputs, fits.console.outputs) == (4, 4)
    for table, part in (
        ({"device": "Fireface"}, "no audio interface called 'Fireface'"),
        ({"device": "system", "rate_hz": 96000}, "set interface.rate_hz = 48000"),
    ):
        has(check_settings.interface(studio(interface=table)), "fail", part)
    for table in ({"device": "system", "outputs": 9}, {"device": "system", "inputs": 9, "outputs": 4}):
        asked = f"the settings ask for {table.get('inputs', 0)} in and {table['outputs']} out: the others stay silent"
        has(check_settings.interface(studio(interface=table)), "warn", asked)
    has(
        check_settings.interface(studio(interface={"device": "system", "inputs": 2, "outputs": 2})), "ok", "4 in, 4 out"
    )


def test_an_interface_whose_driver_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    # a child that never answers stands in for the driver
    hung = studio(interface={"device": "system"})
    object.__setattr__(hung, "found", [{"name": "system", "api": "A", "inputs": 2, "outputs": 2, "default": True}])
    monkeypatch.setattr(check_settings, "LIMIT_S", 0.01)
    has(check_settings.interface(hung), "fail", "does not answer")


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 4, "suffix": "-midi"}], indirect=True)
def test_surfaces_that_are_there_and_not(jack_server: servers.JackServer) -> None:
    wanted = studio(midi={"api": "jack", "surfaces": [{"name": "nanokontrol2"}]})
    has(check_settings.midi(wanted), "warn", "not there: nanokontrol2 (in), nanokontrol2 (out)")
    device = servers.ROOT / "tests" / "rigs" / "surface_device.py"
    surface = subprocess.Popen([sys.executable, str(device)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert surface.stdin is not None
    assert surface.stdout is not None
    try:
        assert surface.stdout.readline() == b"ready\n"
        has(check_settings.midi(wanted), "ok", "1 surface")
    finally:
        surface.kill()
        surface.wait()
        surface.stdin.close()
        surface.stdout.close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (subprocess.TimeoutExpired(["/x/python", "-m", "studiod.realtime.interface"], 15.0), "no answer within 15 s"),
        (subprocess.CalledProcessError(-11, ["/x/python", "-m", "studiod.realtime.interface"]), "ended (status -11)"),
        (PermissionError(13, "Permission denied", "/x/python"), "permission denied"),
        (FileNotFoundError(2, "No such file or directory", "/x/python"), "no such file or directory"),
        (ValueError("Expecting value: line 1"), "an answer that cannot be read"),
        (IndexError(), "an answer that cannot be read"),
    ],
)
def test_whoever_gets_no_answer_from_a_driver_is_told_why_in_words(
    fault: Exception, words: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(subprocess, "run", breaks)
    assert device_ask.probe() == []
    (told,) = caplog.messages
    (missing,) = devices.midi()["missing"] if not isinstance(fault, IndexError) else (told,)
    for line in (told, missing, device_ask.refusal({}, 5.0)):
        assert "python" not in line
        assert "-m" not in line
    assert told.startswith("the audio interfaces could not be listed: ")
    assert words in told
    assert words in missing


def test_no_surface_and_one_without_a_map() -> None:
    has(check_settings.midi(studio()), "ok", "no surfaces")
    has(check_settings.midi(studio(midi={"surfaces": [{"name": "nanokontrol3"}]})), "fail", "nanokontrol3")


def test_a_map_whose_controls_move_one_path_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text('ports = ["x"]\n[[control]]\ncc = "0-7"\npath = "main/fader"\n')
    wanted = studio(midi={"surfaces": [{"name": "mine"}]})
    wanted.settings._file = str(tmp_path / "studio.toml")
    plugged = [{"name": "x", "way": way, "api": "jack"} for way in ("in", "out")]  # stands in for a device
    for ports, begins in (([], "not there: mine (in), mine (out)\n"), (plugged, "")):
        monkeypatch.setattr("studiod.host.devices.midi", lambda p=ports: {"apis": ["jack"], "ports": p, "missing": []})
        verdict = check_settings.midi(wanted)
        has(verdict, "warn", "8 controls move one path, main/fader")
        assert verdict.told.startswith(f"{begins}{tmp_path}/mine.toml: line 2: ")


def test_the_ports_of_clock_timecode_machine_control_and_nrpn_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [{"name": "DAW", "way": "in", "api": "jack"}, {"name": "Drums", "way": "out", "api": "jack"}]
    monkeypatch.setattr("studiod.host.devices.midi", lambda: {"apis": ["jack"], "ports": there, "missing": []})
    for table, absent in (
        ({"clock": {"input": "DAW", "output": "Drums"}}, []),  # stands in for devices
        ({"clock": {"input": "Drums"}}, ["clock (in)"]),
        ({"mtc": {"input": "Deck", "output": "Deck"}, "mmc": {"input": "Deck"}}, ["mtc mmc (in)", "mtc mmc (out)"]),
        ({"mtc": {"output": "DAW"}}, ["mtc (out)"]),
        ({"mmc": {"input": "virtual"}, "clock": {"output": "virtual"}}, []),
        ({"nrpn": {"enabled": True, "port": "Pad"}}, ["nrpn (in)", "nrpn (out)"]),
    ):
        verdict = check_settings.midi(studio(midi=table))
        if absent:
            has(verdict, "warn", f"not there: {', '.join(absent)}")
        else:
            has(verdict, "ok", "sync port")
    both = {
        "surfaces": [{"name": "nanokontrol2", "port": "virtual"}],
        "nrpn": {"enabled": True},
        "clock": {"input": "*"},
    }
    has(check_settings.midi(studio(midi=both)), "ok", "1 surface, 1 NRPN port, 1 sync port, all plugged in")


def test_a_map_that_cannot_be_read_hides_no_port() -> None:
    wanted = studio(midi={"surfaces": [{"name": "nanokontrol3"}]}, osc={"port": servers.free_udp_port()})
    has(check_settings.midi(wanted), "fail", "nanokontrol3")
    has(check_settings.ports(wanted), "ok", "free: ")


def test_no_midi_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studiod-nowhere")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    wanted = studio(midi={"api": "jack", "surfaces": [{"name": "nanokontrol2"}]})
    has(check_settings.midi(wanted), "fail", "no JACK server")


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_ports_that_are_free_and_held(kind: int) -> None:
    port = servers.free_udp_port()
    web = servers.free_udp_port()
    wanted = studio(osc={"port": port}, http={"port": web})
    has(check_settings.ports(wanted), "ok", f"free: 127.0.0.1:{web}, TCP; 127.0.0.1:{port}, UDP and TCP")
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            other.listen()
        # asked anew: what was found is kept within one run
        has(check_settings.ports(Studio(wanted.settings)), "fail", f"127.0.0.1:{port} is held by another program")
    has(check_settings.ports(studio(osc={"listen": "192.0.2.1", "port": port})), "fail", "no address of this machine")


def test_a_port_is_looked_at_where_its_language_is_wanted() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as x32:
        x32.bind(("127.0.0.1", 0))
        tables: dict[str, Any] = {"port": x32.getsockname()[1]}
        ports = [{"port": servers.free_udp_port()} for _ in range(2)]
        unwanted = studio(osc=ports[0], http=ports[1], x32={"enabled": False, **tables})
        has(check_settings.ports(unwanted), "ok", "free: ")
        wanted = studio(osc=ports[0], http=ports[1], x32=tables)
        has(check_settings.ports(wanted), "fail", f"x32.port: 127.0.0.1:{tables['port']} is held by another program")


def test_ports_and_interface_of_a_studiod_that_runs(daemon: servers.Daemon) -> None:
    wanted = studio(osc={"port": daemon.osc_port}, http={"port": daemon.http_port})
    has(check_settings.ports(wanted), "ok", "held by the studiod that runs")
    assert wanted.playing == "virtual"


def test_the_state_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = studio(state={"directory": str(tmp_path / "not" / "yet")})
    has(check_settings.state(wanted), "ok", "GB free")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "not").write_text("")
    has(check_settings.state(wanted), "fail", "cannot be written")
    has(check_settings.state(studio(state={"directory": "/proc/studiod"})), "fail", "cannot be written")
    # a full disk is stood in for by its figures
    wanted = studio(state={"directory": str(tmp_path)})
    for free, state in ((50_000_000, "fail"), (1_000_000_000, "warn")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: shutil._ntuple_diskusage(free, 0, free))
        has(check_settings.state(wanted), state, "GB free")


def test_compiled_and_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "compiled" / "warm"
    monkeypatch.setattr("studiod.host.warm.stamp", lambda: stamp)
    has(check_settings.compiled(studio()), "warn", "not compiled")
    stamp.parent.mkdir()
    stamp.touch()
    has(check_settings.compiled(studio()), "ok", str(stamp.parent))


def test_the_load_is_measured_with_every_strip_at_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small = studio(console={"channels": 2, "buses": 2}, interface={"inputs": 2, "outputs": 2})
    offline = check_load.busy(small)
    assert offline.desk.values["ch/2/comp/on"] == 1
    assert offline.desk.values["ch/2/send/2/level"] == -22.0
    shares = check_load.shares(small, 0.1)
    assert len(shares) == 75  # blocks of 64 frames in 100 ms
    assert (shares > 0.0).all()
    monkeypatch.setattr(check_load, "stamp", lambda: tmp_path)
    for share, state in ((0.3, "ok"), (0.8, "warn"), (1.2, "fail")):  # how fast a machine is, is stood in for
        monkeypatch.setattr(check_load, "shares", lambda _, share=share: [share] * 100)
        has(check_load.load(small), state, f"{share:.0%} of a core")
    monkeypatch.setattr(check_load, "stamp", lambda: tmp_path / "cold")
    has(check_load.load(small), "warn", "not measured")


def test_the_rack_is_as_large_as_the_daemons() -> None:
    small, large = (check_load.rack_bytes(studio(console={"channels": n})) for n in (1, 128))
    assert 3_000_000 < small < large < 100_000_000  # the queue alone is 3 MB


# -- the machine ----------------------------------------------------------------------------------------


def limited(call: str, limit: str, value: int) -> Verdict:
    """A check in a process of its own, as nobody, with a limit of its own."""
    code = (
        "import os, resource; from studiod.diagnostics.check_machine import *\n"
        f"resource.setrlimit(resource.{limit}, ({value}, {value}))\n"
        f"os.geteuid() or os.setuid({NOBODY})\n"
        f"print(repr({call}))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=servers.ROOT, capture_output=True, text=True, check=True, timeout=60)
    return eval(done.stdout, {"Verdict": Verdict})


def test_real_time_priority_refused_and_allowed() -> None:
    has(limited("priority()", "RLIMIT_RTPRIO", 0), "fail", "may not run in real time")
    before = os.sched_getscheduler(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(check_machine.PRIORITY))
    except PermissionError:
        return  # not allowed here: what was to be seen was seen above
    os.sched_setscheduler(0, before, os.sched_param(0))
    has(check_machine.priority(), "ok")
    assert os.sched_getscheduler(0) == before, "and given back"


def test_locked_memory_refused_and_allowed() -> None:
    call = "locked_memory(1 << 20)"
    has(limited(call, "RLIMIT_MEMLOCK", 65536), "warn", "the rack's 1 MB may not be locked")
    has(limited(call, "RLIMIT_MEMLOCK", 2 << 20), "ok", "can be locked")


@pytest.mark.parametrize(
    ("governors", "state"), [((), "ok"), (("performance", "performance"), "ok"), (("performance", "powersave"), "warn")]
)
def test_governor(governors: tuple[str, ...], state: str, tmp_path: Path) -> None:
    names = {f"sys/devices/system/cpu/cpu{n}/cpufreq/scaling_governor": f"{g}\n" for n, g in enumerate(governors)}
    has(check_machine.governor(files(tmp_path, names)), state, "powersave" if state == "warn" else "")


@pytest.mark.parametrize(("most", "user", "state"), [(212992, 1000, "warn"), (212992, 0, "ok"), (4194304, 1000, "ok")])
def test_the_buffer_of_a_burst(
    most: int, user: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)  # who is root may go beyond the limit
    there = files(tmp_path, {"proc/sys/net/core/rmem_max": f"{most}\n"})
    has(check_machine.bursts(there, True), state, "net.core.rmem_max is 212992" if state == "warn" else "")
    has(check_machine.bursts(there, False), "ok", "no [x32]")
    has(check_machine.bursts(tmp_path / "elsewhere", True), "ok", "does not say")
    assert studio(x32={"enabled": True, "port": 1}).net[-1].table == "x32"


@pytest.mark.parametrize(
    ("available_mb", "swapped_mb", "state"),
    [(8000, 100, "ok"), (8000, 9000, "warn"), (900, 0, "warn"), (200, 0, "fail")],
)
def test_memory(available_mb: int, swapped_mb: int, state: str, tmp_path: Path) -> None:
    text = (
        f"MemTotal: 16000000 kB\nMemAvailable: {available_mb * 1024} kB\n"
        f"SwapTotal: {10000 * 1024} kB\nSwapFree: {(10000 - swapped_mb) * 1024} kB\nHugePages_Total: 0\n"
    )
    has(check_machine.memory(files(tmp_path, {"proc/meminfo": text})), state, f"{available_mb} MB available")


def test_memory_of_this_machine() -> None:
    assert "MB available" in check_machine.memory(Path("/")).told


@pytest.mark.parametrize(("power", "kind", "state"), [("on", "01", "ok"), ("auto", "03", "ok"), ("auto", "01", "warn")])
def test_usb_power(power: str, kind: str, state: str, tmp_path: Path) -> None:
    usb = "sys/bus/usb/devices"
    names = {
        f"{usb}/1-2/power/control": f"{power}\n",
        f"{usb}/1-2/product": "Scarlett 18i20\n",
        f"{usb}/1-2:1.0/bInterfaceClass": f"{kind}\n",
        f"{usb}/1-2:1.1/bInterfaceClass": f"{kind}\n",
    }
    has(check_machine.usb_power(files(tmp_path, names)), state, "Scarlett 18i20 to" if state == "warn" else "")


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        ("closed\n", "pipewire", "ok"),
        ("state: RUNNING\nowner_pid   : 77\ntrigger_time: 1\n", "pipewire", "warn"),
        ("state: RUNNING\nowner_pid   : 77\n", "python\0-m\0studiod.card", "ok"),
    ],
)
def test_sound_server(status: str, words: str, state: str, tmp_path: Path) -> None:
    names = {
        "proc/asound/card0/pcm0p/sub0/status": status,
        "proc/77/cmdline": words,
        "proc/77/comm": words.split("\0")[0] + "\n",
    }
    has(check_machine.sound_server(files(tmp_path, names)), state, "held by pipewire" if state == "warn" else "")


@pytest.mark.parametrize(
    ("script", "state", "part"),
    [
        ("echo yes", "ok", "keeps the clock"),
        ("echo no", "warn", "no time server"),
        ("exit 1", "ok", "does not answer"),
        (None, "ok", "no timedatectl"),
    ],
)
def test_clock_sync(script: str | None, state: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if script is not None:  # stands in for a systemd that runs
        tool = tmp_path / "timedatectl"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    has(check_machine.clock_sync(), state, part)


def test_service(tmp_path: Path) -> None:
    has(check_machine.service(tmp_path), "warn", "systemd does not run")
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    has(check_machine.service(tmp_path), "warn", "nothing starts studiod")
    unit = tmp_path / "etc/systemd/system/studiod.service"
    files(tmp_path, {"etc/systemd/system/studiod.service": "[Service]\nExecStart=studiod run\n"})
    has(check_machine.service(tmp_path), "warn", "/etc/systemd/system/studiod.service has no Restart=")
    shutil.copy(servers.ROOT / "config/systemd/studiod.service", unit)
    has(check_machine.service(tmp_path), "warn", "not enabled")
    wants = unit.parent / "multi-user.target.wants"
    wants.mkdir()
    (wants / "studiod.service").symlink_to(unit)
    has(check_machine.service(tmp_path), "ok", "enabled")


# -- the service ----------------------------------------------------------------------------------------

SHIPPED = (servers.ROOT / "config/systemd/studiod.service").read_text()
SYSTEM = "etc/systemd/system"
DROP = f"{SYSTEM}/studiod.service.d"


def test_what_an_installed_service_has_is_looked_at(tmp_path: Path) -> None:
    own = config(tmp_path, interface={"rate_hz": 96000}, state={"directory": str(tmp_path / "ignored")})
    unit = SHIPPED.replace("/etc/studiod/studio.toml", str(own)).replace("/var/lib/studiod", str(tmp_path / "kept"))
    files(tmp_path, {f"{SYSTEM}/studiod.service": unit.replace("/var/cache/studiod", str(tmp_path / "cache"))})
    found = checks.wanted(None, None, tmp_path)
    assert found.settings.interface.rate_hz == 96000
    assert found.settings.state.directory == str(tmp_path / "kept")
    has(checks.settings(found), "ok", f"{own}, as the service {tmp_path}/{SYSTEM}/studiod.service starts it")
    has(check_settings.compiled(found), "warn", "not compiled for the service")
    made = tmp_path / "cache" / Path(*stamp().parts[-3:])
    made.parent.mkdir(parents=True)
    made.touch()
    has(check_settings.compiled(found), "ok", str(made.parent))
    has(check_machine.priority(found.service), "ok", "the service is allowed real-time priority 50")
    has(check_machine.locked_memory(1 << 30, found.service), "ok", "the service may lock the rack's 1074 MB")
    # the words of the command come before it; --config: another studio than the service's
    assert checks.wanted(None, tmp_path / "here", tmp_path).settings.state.directory == str(tmp_path / "here")
    other = checks.wanted(own, None, tmp_path)
    assert (other.service, other.settings.state.directory) == (None, str(tmp_path / "ignored"))
    assert checks.wanted(None, None, tmp_path / "nowhere").settings == Settings()


def test_a_service_whose_settings_are_not_there_is_told_as_a_start_would(tmp_path: Path) -> None:
    files(tmp_path, {f"{SYSTEM}/studiod.service": "[Service]\nExecStart=studiod run --config=/nowhere/studio.toml\n"})
    with pytest.raises(SettingsError, match=r"/nowhere/studio\.toml: no such file; copy config/studio\.toml there"):
        checks.wanted(None, None, tmp_path)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"usr/lib/systemd/system/studiod.service": "[Service]\nExecStart=/x run --state '/a b'\n"}, ("", "/a b", "")),
        (
            {
                f"{SYSTEM}/studiod.service": SHIPPED,
                f"{DROP}/10-mine.conf": "[Service]\nExecStart=\nExecStart=x run \\\n --config /mine\n",
            },
            ("/mine", "", "/var/cache/studiod"),
        ),
        (
            {
                f"{SYSTEM}/studiod.service": SHIPPED,
                f"{DROP}/a.conf": "[Service]\n# STUDIOD_CACHE=/no\nEnvironment='STUDIOD_CACHE=/q r' A=b\n",
                "usr/lib/systemd/system/studiod.service.d/b.conf": "[Unit]\nEnvironment=STUDIOD_CACHE=/no\n",
            },
            ("/etc/studiod/studio.toml", "/var/lib/studiod", "/q r"),
        ),
        (
            {
                f"{SYSTEM}/studiod.service": SHIPPED,
                f"{DROP}/a.conf": "[Service]\nEnvironment=\nEnvironment=OTHER=1\nExecStart=\n",
            },
            ("", "", ""),
        ),
        (
            {
                f"{SYSTEM}/studiod.service": "[Service]\nExecStart=x --state=%S/d%%S --config %E/c\n"
                'Environment=STUDIOD_CACHE=%C/"c\n'
            },
            ("/etc/c", "/var/lib/d%S", '/var/cache/"c'),
        ),
    ],
)
def test_a_unit_is_read_as_systemd_reads_it(texts: dict[str, str], words: tuple[str, str, str], tmp_path: Path) -> None:
    service = installed(files(tmp_path, texts))
    assert service is not None
    assert (service.word("--config"), service.word("--state"), service.variable("STUDIOD_CACHE")) == words


@pytest.mark.parametrize(
    ("lines", "states"),
    [
        ("DynamicUser=yes", ("fail", "warn")),
        ("User=audio\nLimitRTPRIO=49\nLimitMEMLOCK=1M", ("fail", "warn")),
        ("User=audio\nLimitRTPRIO=50:90\nLimitMEMLOCK=8M", ("ok", "ok")),
        ("User=audio\nLimitRTPRIO=infinity\nLimitMEMLOCK=2000001", ("ok", "ok")),
        ("", ("ok", "ok")),  # root's
    ],
)
def test_the_limits_are_those_of_the_service(lines: str, states: tuple[str, str], tmp_path: Path) -> None:
    service = installed(files(tmp_path, {f"{SYSTEM}/studiod.service": f"[Service]\n{lines}\n"}))
    has(check_machine.priority(service), states[0], "real-time priority 50")
    has(check_machine.locked_memory(2_000_000, service), states[1], "2 MB")


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is tried, which needs root")
def test_what_another_user_keeps_closed_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "private"
    closed.mkdir(mode=0o700)
    unit = f"[Service]\nExecStart=x --state {closed}/studiod\nEnvironment=STUDIOD_CACHE={closed}/cache\n"
    files(tmp_path, {f"{SYSTEM}/studiod.service": unit})
    found = checks.wanted(None, None, tmp_path)
    stamp()  # which loads what this user reads of the source
    top = os.geteuid()
    tmp_path.chmod(0o755)
    for above in (tmp_path.parent, tmp_path.parent.parent):
        above.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        state = check_settings.state(found)
        compiled = check_settings.compiled(found)
    finally:
        os.seteuid(top)
    has(state, "warn", "may not be looked into by this user")
    has(compiled, "warn", "may not be looked into by this user")


def test_a_verdict_prints_as_itself() -> None:
    verdict = fail("x", "y")
    assert eval(repr(verdict), {"Verdict": Verdict}) == verdict
