"""What is sent to the desk to stop it: one function an attack, run in a process of its own for so many seconds.

Each holds what it has opened until it is ended.  Hosts are named by the role that the desk's settings give them.
"""

import contextlib
import random
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.attack_hosts import NET, PORT, Forger, Host
from studiod.net.osc_codec import AT_ONCE, BUNDLE, encode, timetag_at

Hosts = dict[str, Host]
DAY_S = 86_400
UNKNOWN = "".join(f'"ch/{k}/no/such/path/{k}" = {k}\n' for k in range(1000))
PART = 1000  # characters of a scene in one packet


@dataclass(frozen=True)
class Attack:
    """A row of the table."""

    kind: int
    name: str
    by: str
    run: Callable[[Hosts, float], object]
    seconds: float = 2.0


def bundle(messages: list[bytes], at_unix_s: float = 0.0) -> bytes:
    timetag = timetag_at(at_unix_s) if at_unix_s else AT_ONCE
    return BUNDLE + timetag.to_bytes(8, "big") + b"".join(len(m).to_bytes(4, "big") + m for m in messages)


def paced(per_second: float, seconds: float) -> Iterator[int]:
    """Counts, so many a second; a late one is not skipped."""
    began_s = time.monotonic()
    for k in range(int(per_second * seconds)):
        time.sleep(max(0.0, began_s + k / per_second - time.monotonic()))
        if time.monotonic() - began_s > seconds:
            return
        yield k


def pour(link: socket.socket, packets: list[bytes], per_second: float, seconds: float) -> None:
    """Packets in turn, again and again; what comes back is not read."""
    for k in paced(per_second, seconds):
        with contextlib.suppress(OSError):
            link.send(packets[k % len(packets)])


def sent(role: str, packets: list[bytes], per_second: float) -> Callable[[Hosts, float], object]:
    """An attack that pours packets from one socket of a host."""

    def run(hosts: Hosts, seconds: float) -> object:
        link = hosts[role].udp()
        pour(link, packets, per_second, seconds)
        return link

    return run


# ---- 1: patterns ----------------------------------------------------------------------------------------------------


def other_patterns(hosts: Hosts, seconds: float) -> object:
    """Many stars in one segment; braces in braces; each pattern another one; patterns that are set."""
    chance = random.Random(1)
    link, mix = hosts["view"].udp(), hosts["mix"].udp()
    fixed = ["/ch/" + "*?" * 480 + "x", "/" + "{a,b" * 200 + "}" * 200, "/**" + "/{*e*,*a*}" * 90]
    for k in paced(200, seconds):
        varied = f"/**/{{*{chance.random()}*,*e*r}}" + "/[!x]*" * 20 + "/**" * 100
        link.send(encode((fixed[k % 6] if k % 6 < 3 else varied)[:1400]))
        mix.send(encode("/ch/[1-4]/**/{*a*,*e*}*/*[!0-9]*", -20.0))
    return link, mix


# ---- 2: work --------------------------------------------------------------------------------------------------------


def far(per: str, role: str, ahead_s: float, *args: float) -> Callable[[Hosts, float], object]:
    def run(hosts: Hosts, seconds: float) -> object:
        link = hosts[role].udp()
        for _ in range(400):
            link.send(bundle([encode(per, *args)], time.time() + ahead_s))
            time.sleep(0.001)
        time.sleep(seconds)
        return link

    return run


def subscriptions(hosts: Hosts, seconds: float) -> object:
    link = hosts["view"].udp()
    some = [encode("/subscribe", f"/ch/{k % 32 + 1}/**" + "/**" * (k // 32), DAY_S) for k in range(700)]
    meters = [encode("/meters/subscribe", ("ch", "input", "bus")[k % 3], 50) for k in range(800)]
    every = [encode("/subscribe/to", f"{hosts['view'].address}:{9000 + k}", "/**", DAY_S) for k in range(700)]
    for packet in (bundle(some), bundle(meters), bundle(every)):
        link.send(packet)
        time.sleep(seconds / 3)
    return link


def scenes(hosts: Hosts, seconds: float) -> object:
    link = hosts["mix"].udp()
    for k in range(6):
        text = f'[scene]\nname = "no{k}"\n[values]\n{UNKNOWN}'
        parts = [text[at : at + PART] for at in range(0, len(text), PART)]
        for number, part in enumerate(parts, 1):
            with contextlib.suppress(OSError):
                link.send(encode("/scene/import", f"no{k}", number, len(parts), part))
            time.sleep(seconds / 6 / len(parts))
    return link


def other_work(hosts: Hosts, seconds: float) -> object:
    """Copies, logs, presets on the disk, renewals of a subscription to everything, and what is no OSC."""
    links = [hosts[role].udp() for role in ("mix", "mix", "mix", "view", "view")]
    packets = [[bundle([encode("/copy", "ch/1", "ch/[2-32]")] * 50)], [bundle([encode("/log", 1000)] * 100)]]
    packets += [[bundle([encode("/preset/store", f"p{k}", "ch/3") for k in range(100)])]]
    packets += [[encode("/subscribe", "/**", 30)], [b"#bundle\0" + b"\xff" * 1200]]
    for k in paced(300, seconds):
        for link, some, each in zip(links, packets, (30, 30, 60, 3, 1), strict=True):
            if k % each == 0:
                with contextlib.suppress(OSError):
                    link.send(some[k // each % len(some)])
    return links


def pings(hosts: Hosts, seconds: float) -> object:
    link, end_s = hosts["view"].udp(), time.monotonic() + seconds
    while time.monotonic() < end_s:
        for _ in range(50):
            link.send(encode("/ping", 1))
    return link


def unread(hosts: Hosts, seconds: float) -> object:
    """Long answers for many who do not read them."""
    links = [hosts["view"].tcp() for _ in range(60)]
    frame = b"\xc0" + bundle([encode("/scene/diff", "all")] * 50).replace(b"\xdb", b"\xdb\xdd") + b"\xc0"
    for link in links:
        link.settimeout(0.01)
        link.sendall(b"\xc0" + encode("/subscribe", "/**", DAY_S) + b"\xc0")
    for k in paced(50, seconds):
        with contextlib.suppress(OSError):
            links[k % len(links)].sendall(frame)
    return links


# ---- 3: tables ------------------------------------------------------------------------------------------------------


def addresses(hosts: Hosts, seconds: float) -> object:
    """1,100 sockets of one host, each with a subscription of a day."""
    links = [hosts["view"].udp() for _ in range(1100)]
    for k in paced(len(links) / seconds, seconds):
        links[k].send(encode("/subscribe", "/main/fader", DAY_S))
    return links


def day_long(hosts: Hosts, seconds: float) -> object:
    links = [hosts["view"].udp() for _ in range(40)]
    for k in paced(40 * 32 / seconds, seconds):
        links[k // 32].send(encode("/subscribe", f"/ch/{k % 32 + 1}/fader", DAY_S))
    return links


def connections(role: str, count: int, first: bytes) -> Callable[[Hosts, float], object]:
    """TCP connections that say something and are never read."""

    def run(hosts: Hosts, seconds: float) -> object:
        links = []
        for _ in paced(count, seconds):  # anew each second, for those that were hung up on
            with contextlib.suppress(OSError):
                link = hosts[role].tcp()
                links.append(link)
                link.sendall(first)
        return links

    return run


def forged_senders(hosts: Hosts, seconds: float) -> object:
    """1,200 a second, from 122 addresses of the network that a rule gives a role."""
    forger, chance = Forger(hosts["none"]), random.Random(3)
    for _ in paced(1200, seconds):
        forged = f"{NET}.{chance.randrange(128, 250)}"
        forger.send(encode("/subscribe", "/**", DAY_S), forged, chance.randrange(1024, 65000))
    return forger


def comers_and_goers(hosts: Hosts, seconds: float) -> object:
    """Connections that ask for everything and do not read, and others that end at once."""
    links = []
    for _ in paced(200, seconds):
        with contextlib.suppress(OSError):
            link = hosts["view"].tcp()
            link.sendall(b"\xc0" + encode("/subscribe", "/**", DAY_S) + b"\xc0")
            links.append(link)
            hosts["none"].tcp().close()
    return links


# ---- 5: answers -----------------------------------------------------------------------------------------------------


def own_port(hosts: Hosts, seconds: float) -> object:
    link = hosts["desk"].udp("127.0.0.1")
    for to in (f"{NET}.1:{PORT}", f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"127.0.0.2:{PORT}"):
        link.send(encode("/subscribe/to", to, "/**", 1.0))
    time.sleep(seconds)
    return link


ATTACKS = (
    Attack(0, "nothing", "nobody", lambda hosts, seconds: time.sleep(seconds)),
    Attack(1, "`/ch/` + `{,}` × 34 + `x`", "view", sent("view", [encode("/ch/" + "{,}" * 34 + "x")], 20)),
    Attack(1, "`/ch/` + `**/` × 300 (and × 2000) + `x`", "view",
           sent("view", [encode(f"/ch/{'**/' * n}x") for n in (300, 2000)], 20)),
    Attack(1, "`*?` × 480; `{` in `{` × 200; 200 new patterns a second; a pattern set 200 times a second", "view, mix",
           other_patterns),
    Attack(2, "50 × `/scene/diff` in a bundle, 10 a second", "view",
           sent("view", [bundle([encode("/scene/diff", "all")] * 50)], 10)),
    Attack(2, "2,708 commands in one datagram, one a second", "view",
           sent("view", [bundle([encode("/scene/diff", "all")] * 2708)[:65_000 // 24 * 24 + 16]], 1)),
    Attack(2, "200 × `/take/list`", "view", sent("view", [bundle([encode("/take/list")] * 200)], 2)),
    Attack(2, "700 subscriptions, 800 meters, 700 places in a bundle", "view", subscriptions),
    Attack(2, "400 × `/**` at +58 min", "view", far("/**", "view", 58 * 60)),
    Attack(2, "400 sets of `/ch/*/send/*/level` at +4 s", "mix", far("/ch/*/send/*/level", "mix", 4.0, -30.0), 7.0),
    Attack(2, "60 × `/**` a second", "view", sent("view", [encode("/**")], 60)),
    Attack(2, "1,500 unknown paths a second", "view",
           sent("view", [encode(f"/ch/1/fadr/{k}", 1.0) for k in range(1500)], 1500)),
    Attack(2, "64 kB datagrams, as fast as possible", "none",
           sent("none", [bundle([encode("/ch/1/fader", -1.0)] * 2000)[:64_000]], 1e5)),
    Attack(2, "six scenes with 1,000 unknown paths each", "mix", scenes),
    Attack(2, "100 × `/scene/recall all 20` in a bundle, 10 a second", "mix",
           sent("mix", [bundle([encode("/scene/recall", "all", 20.0)] * 100)], 10)),
    Attack(2, "300 × `/mix/copy main bus/1` in a bundle, 10 a second", "bus:1",
           sent("bus", [bundle([encode("/mix/copy", "main", "bus/1")] * 300)], 10)),
    Attack(2, "a second: 500 × `/copy` to 31 strips, 1,000 × `/log 1000`, 500 presets stored, 100 × `/subscribe /**`, "
           "300 malformed", "mix, view", other_work),
    Attack(2, "`/ping`, as fast as possible", "view", pings),
    Attack(2, "50 × `/scene/diff` in a bundle, 50 a second, from 60 TCP peers that do not read", "view", unread, 5.0),
    Attack(3, "1,100 addresses, each with a subscription of a day", "view", addresses),
    Attack(3, "1,280 subscriptions of a day", "view", day_long),
    Attack(3, "300 TCP connections a second", "none", connections("none", 300, b"")),
    Attack(3, "150 half frames of 900 kB a second", "view", connections("view", 150, b"\xc0/" + b"x" * 900_000)),
    Attack(3, "1,200 forged `/subscribe /** 86400` a second, of 122 hosts", "none", forged_senders),
    Attack(3, "a second: 200 TCP connections that ask for everything and do not read, 200 that end at once",
           "view, none", comers_and_goers),
    Attack(5, "`/subscribe/to` the desk's own port, four ways to name it", "admin", own_port),
)  # fmt: skip
