"""The desk that is attacked, and what it costs its other peers: pings, a change that has to last, memory, its end."""

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

import servers
from bench.attack_hosts import NET, PORT, Host
from bench.attack_inputs import Attack, Hosts
from studiod.net.osc_codec import Malformed, decode, encode

PING_S = 0.02
GRACE_S = 3.0  # how long an answer is waited for when the attack is over
SAMPLE_S = 0.1
APART_S = 0.55
GROWN_MB, SLOW_S, STANDING = 10, 1.0, 8  # less is not told
ROLES = {
    "view": (f"{NET}.11/32", f"{NET}.16/28", f"{NET}.128/25"),
    "bus:1": (f"{NET}.12/32",),
    "mix": (f"{NET}.1/32", f"{NET}.2/32", f"{NET}.13/32", f"{NET}.14/31"),
}
NAMES = ("none", "view", "bus", "mix", "peer", "newcomer")  # at .10 to .15
VICTIMS = tuple(f"victim{k}" for k in range(6))  # from .16 on


@dataclass
class Cost:
    """What others paid: milliseconds of their pings, and the rest in words."""

    ping: str
    further: str

    def both(self) -> dict[str, str]:
        return asdict(self)


class Desk:
    """A daemon on a host of the network."""

    def __init__(
        self,
        host: Host,
        folder: Path,
        tree: Path,
        clients: list[str] | None = None,
        state: dict[str, str] | None = None,
    ) -> None:
        self.host = host
        rules = [{"role": role, "address": net} for role, nets in ROLES.items() for net in nets]
        osc: dict[str, Any] = {"listen": "0.0.0.0", "port": PORT}
        if clients:
            osc["client"] = [{"address": address, "pattern": "/**"} for address in clients]
        with host.inside():
            tables: dict[str, Any] = {"osc": osc, "access": {"rules": rules}}
            self.daemon = servers.Daemon(folder, tables, env={"PYTHONPATH": str(tree)})
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        with self.host.inside():
            self.daemon.start()

    def end_s(self) -> float:
        """From SIGTERM to its end; beyond 5 s it is killed."""
        began_s = time.monotonic()
        self.daemon.stop()
        self.daemon.end_group()
        return time.monotonic() - began_s

    def close(self) -> None:
        self.daemon.close()

    def memory_mb(self) -> float:
        with contextlib.suppress(OSError, IndexError):
            pages = Path(f"/proc/{self.daemon.pid}/statm").read_text("ascii").split()[1]
            return int(pages) * os.sysconf("SC_PAGESIZE") / 1e6
        return 0.0

    def busy_s(self) -> float:
        """Processor time so far, without its children's."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.daemon.pid}/stat").read_text("ascii").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0


def takes(folder: Path) -> None:
    """What a year leaves: 200 takes of two short files each."""
    for k in range(200):
        (folder / f"2024-01-{k:03d}").mkdir(parents=True)
        for name in ("voice.wav", "guitar.wav"):
            sf.write(folder / f"2024-01-{k:03d}" / name, np.zeros(480, np.float32), 48_000)


def messages(link: socket.socket, wait_s: float) -> Iterator[tuple[str, list[Any]]]:
    """What comes within a time."""
    end_s = time.monotonic() + wait_s
    while select.select([link], [], [], max(0.0, end_s - time.monotonic()))[0]:
        try:
            packet = link.recv(65536)
            yield from decode(packet)[0]
        except (OSError, Malformed):
            continue


def ask(link: socket.socket, address: str, *args: Any, wait_s: float = 2.0, until: str = "") -> list[Any] | None:
    """The arguments of the answer, or of `until`; an /error's with its name before them.  None: silence."""
    with contextlib.suppress(OSError):
        link.send(encode(address, *args))
    for heard, values in messages(link, wait_s):
        if heard in (until or address, "/error"):
            return [heard, *values] if heard == "/error" else values
    return None


class Pinger:
    """Asks for a pong every 20 ms, as a peer of the role mix that also moves a fader."""

    def __init__(self, host: Host) -> None:
        self.link = host.udp()
        self.sent_s: list[float] = []
        self.waits_ms: dict[int, float] = {}
        self.level_db = 0.0

    def run(self, seconds: float, look: Callable[[], None]) -> None:
        """Ping for so long, then wait for what is missing."""
        began_s, looked_s = time.monotonic(), 0.0
        while (now_s := time.monotonic()) - began_s < seconds:
            with contextlib.suppress(OSError):
                self.link.send(encode("/ping", len(self.sent_s)))
                if len(self.sent_s) % 5 == 4:
                    self.level_db = -1.0 - (len(self.sent_s) // 5 % 80)
                    self.link.send(encode("/dca/3/fader", self.level_db))
            self.sent_s.append(now_s)
            self._hear(began_s + PING_S * len(self.sent_s) - time.monotonic())
            if now_s - looked_s > SAMPLE_S:
                looked_s = now_s
                look()
        end_s = time.monotonic() + GRACE_S
        while len(self.waits_ms) < len(self.sent_s) and time.monotonic() < end_s:
            self._hear(0.05)

    def _hear(self, wait_s: float) -> None:
        for address, values in messages(self.link, wait_s):
            if address == "/pong" and values:
                self.waits_ms[values[0]] = (time.monotonic() - self.sent_s[values[0]]) * 1e3

    def told(self) -> str:
        lost = len(self.sent_s) - len(self.waits_ms)
        if not self.waits_ms:
            return f"all {lost} lost"
        waits = np.array(list(self.waits_ms.values()))
        figures = " / ".join(f"{value:.0f}" for value in (*np.percentile(waits, (50, 99)), waits.max()))
        return figures + (f", {lost} of {len(self.sent_s)} lost" if lost else "")


def _attack(attack: Attack, hosts: Hosts) -> None:
    held = attack.run(hosts, attack.seconds)
    time.sleep(30)  # longer than anybody looks
    del held


@contextlib.contextmanager
def beside(work: Callable[..., None], *args: Any) -> Iterator[None]:
    """In a process of its own, ended with the context."""
    child = get_context("fork").Process(target=work, args=args, daemon=True)
    child.start()
    try:
        yield
    finally:
        child.kill()
        child.join()


def shut_out(hosts: Hosts) -> list[str]:
    """Whom the desk does not serve: a newcomer with a role, and whoever sits at its own machine."""
    out = []
    for who, host, to in (("newcomer", "newcomer", f"{NET}.1"), ("loopback", "desk", "127.0.0.1")):
        with hosts[host].udp(to) as link:
            if ask(link, "/ping", 7, until="/pong") != [7]:
                out.append(who)
            elif ask(link, "/subscribe", "/main/mute", until="/snapshot/end") != ["/main/mute", 1]:
                out.append(f"{who}'s subscription")
        answer = b""
        with contextlib.suppress(OSError), hosts[host].tcp(to) as wire:
            wire.sendall(b"\xc0" + encode("/ping", 7) + b"\xc0")
            answer = wire.recv(100)
        if b"/pong" not in answer:
            out.append(f"{who} by TCP")
    return out


def cost(attack: Attack, desk: Desk, hosts: Hosts) -> Cost:
    """Run one attack on a running desk, which is another one afterwards."""
    further: list[str] = []
    pinger, rest_mb, most_mb = Pinger(hosts["peer"]), desk.memory_mb(), [0.0]
    for _ in range(2):  # it was there before
        ask(pinger.link, "/ping", -1, until="/pong")
        time.sleep(APART_S)
    with beside(_attack, attack, hosts):
        busy_s, began_s = desk.busy_s(), time.monotonic()
        pinger.run(attack.seconds, lambda: most_mb.append(desk.memory_mb()))
        most_mb.append(desk.memory_mb())
        core = (desk.busy_s() - busy_s) / (time.monotonic() - began_s)
        if out := shut_out(hosts):
            further.append(f"shut out: {', '.join(out)}")
        if attack.kind == 3 and (standing := desk.host.connections()) > STANDING:
            further.append(f"{standing} connections stand")
        end_s = desk.end_s()
    if faults := desk.daemon.stderr.count("Traceback"):
        further.append(f"{faults} tracebacks in its log")
    desk.start()
    value = ask(pinger.link, "/dca/3/fader")
    if value != [pinger.level_db]:
        further.append("change lost")
    if max(most_mb) - rest_mb > GROWN_MB:
        further.append(f"+{max(most_mb) - rest_mb:.0f} MB")
    if attack.kind == 5:
        further.append(f"{core:.0%} of a core")
    if end_s >= SLOW_S:
        further.append(f"ends in {end_s:.1f} s" if end_s < servers.DAEMON_STOP_S else "SIGTERM does nothing")
    pinger.link.close()
    return Cost(pinger.told(), "; ".join(further))
