"""Ardour without a window, as a Mackie Control host that nobody here wrote: makes a session, loads it, opens ports.

Debian's package `ardour` (7.3); the values of the session are set by Ardour's own Lua, in Ardour's own terms.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import servers

LIBRARY = "/usr/lib/ardour7"
RATE_HZ = 48000
MAKE_S, START_S, TRIES = 90, 40, 3
OUT, INTO = "ardour:mackie control out", "ardour:mackie control in"
CONNECTED = (
    '<Protocol name="Mackie" active="1" bank="0" ipmidi-base="0" device-profile="User" device-name="Mackie Control">'
    "<Configurations/></Protocol>"
)


class Track(NamedTuple):
    name: str
    gain: float  # linear
    mute: bool = False


def need_ardour() -> str:
    """The program, or no test."""
    found = sorted(Path(LIBRARY).glob("hardour-*"))
    if not found:
        servers.need_server(f"no {LIBRARY}/hardour-* (system package ardour)")
    return str(found[-1])


def environment(home: Path) -> dict[str, str]:
    share = "/usr/share/ardour7"
    home.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "LD_LIBRARY_PATH": LIBRARY,
        "ARDOUR_DLL_PATH": LIBRARY,
        "ARDOUR_DATA_PATH": share,
        "ARDOUR_CONFIG_PATH": f"/etc/ardour7:{share}",
        "ARDOUR_SURFACES_PATH": f"{LIBRARY}/surfaces",
        "ARDOUR_BACKEND_PATH": f"{LIBRARY}/backends",
        "ARDOUR_PANNER_PATH": f"{LIBRARY}/panners",
    }


def script(folder: Path, name: str, tracks: list[Track]) -> str:
    lines = [
        'AudioEngine:set_backend("None (Dummy)", "", "")',  # JACK loses it at times while it makes ports
        f'local s = create_session("{folder}", "{name}", {RATE_HZ})',
        "assert(s)",
    ]
    for track in tracks:
        lines += [
            f's:new_audio_track(1,2,nil,1,"{track.name}",ARDOUR.PresentationInfo.max_order,ARDOUR.TrackMode.Normal,true)',
            f'local r = s:route_by_name("{track.name}")',
            f"r:gain_control():set_value({track.gain!r}, PBD.GroupControlDisposition.NoGroup)",
            f"r:mute_control():set_value({int(track.mute)}, PBD.GroupControlDisposition.NoGroup)",
        ]
    lines.append("ARDOUR.LuaAPI.usleep(500000)")  # values are set by the audio thread
    return "\n".join([*lines, 's:save_state("")', "close_session()", "quit()", ""])


def make_session(folder: Path, tracks: list[Track], env: Mapping[str, str]) -> tuple[Path, str]:
    """A session of these tracks, with a Mackie Control switched on.  Its folder and name."""
    session, name = folder / "session", "desk"
    lua = folder / "make.lua"
    lua.write_text(script(session, name, tracks))
    made = subprocess.run(
        [f"{LIBRARY}/luasession", str(lua)],
        env=dict(env),
        stdin=subprocess.DEVNULL,  # it would go on reading commands
        capture_output=True,
        text=True,
        timeout=MAKE_S,
        check=False,
    )
    path = session / f"{name}.ardour"
    assert path.exists(), made.stdout + made.stderr
    text = path.read_text("utf-8")
    begin = text.index('<Protocol name="Mackie"')
    end = text.index(">", begin) + 1
    if not text[begin:end].endswith("/>"):
        end = text.index("</Protocol>", begin) + len("</Protocol>")
    path.write_text(text[:begin] + CONNECTED + text[end:], "utf-8")
    return session, name


@contextlib.contextmanager
def ardour(
    folder: Path, tracks: list[Track], server: Mapping[str, str], ports: Callable[[], list[str]]
) -> Iterator[None]:
    """It runs, with its ports open.  `server` is the JACK server's environment, `ports` lists its MIDI ports."""
    program, env = need_ardour(), environment(folder / "home") | dict(server)
    session, name = make_session(folder, tracks, env)
    log = folder / "ardour.log"
    process = None
    try:
        for _ in range(TRIES):  # JACK throws it out of a busy machine at times
            with log.open("ab") as out:
                process = subprocess.Popen(
                    [program, "-P", "-d", str(session), name], env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out
                )
            end_s = time.monotonic() + START_S
            while process.poll() is None and time.monotonic() < end_s and OUT not in ports():
                time.sleep(0.1)
            if OUT in ports():
                break
            _end(process)
        else:
            raise AssertionError(f"Ardour did not come up:\n{log.read_text(errors='replace')}")
        yield
    finally:
        if process is not None:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
