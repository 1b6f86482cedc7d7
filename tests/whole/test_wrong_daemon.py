"""Commands beside something that is no desk: whatever it answers, each ends by itself with 0 or 1, in one line."""

import random
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studiod.cli.main import main
from studiod.client import client
from studiod.client.lines import SHAPES
from studiod.memory.scene_transfer import cut
from studiod.net.osc_codec import BUNDLE, decode, encode
from wrong_daemon import WrongDaemon

Said = pytest.CaptureFixture[str]
HOSTILE = "\x1b[31m\x9b\x07\u202e\u2028\r\n\t"
SEEDS = range(8)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket on this machine answers at once: what waits for one that does not, waits less."""
    monkeypatch.setattr(client, "PATIENCE_S", 0.3)
    monkeypatch.setattr(client, "SILENCE_S", 0.5)


@pytest.fixture
def scene(tmp_path: Path) -> str:
    file = tmp_path / "scene.toml"
    file.write_text('[scene]\nname = "S"\n[values]\n' + "".join(f'"ch/{k}/fader" = 0\n' for k in range(1, 200)))
    return str(file)


COMMANDS = [
    ("get", "ch/1/fader"), ("get", "ch/1/fader", "--json"), ("get", "ch/*"), ("do", "undo"),
    ("set", "ch/1/fader", "-6"), ("set", "ch/1/name", "x"),
    ("watch", "ch/*"), ("watch", "--json"), ("meters", "main", "--once"), ("meters", "comp", "--once", "--json"),
    ("meters", "ch"), ("scene", "list"), ("scene", "list", "--json"), ("scene", "store", "A"), ("scene", "recall", "A"),
    ("scene", "rename", "A", "B"), ("scene", "delete", "A"), ("scene", "diff", "A"),
    ("scene", "diff", "A", "B", "--json"), ("scene", "export", "A"), ("scene", "import", "FILE"),
]  # fmt: skip
ANSWERS = ["ch/1/fader", "ch/1/name", "error", "alive", "snapshot/end", "meters/main", "meters/comp", "info", *SHAPES]


def value(chance: random.Random) -> object:
    return chance.choice(
        [
            0,
            1,
            -1,
            2**31 - 1,
            2**62,
            0.5,
            float("nan"),
            float("inf"),
            1e300,
            "",
            "A",
            HOSTILE,
            "x" * 60_000,
            True,
            "main",
        ]
    )


def nonsense(chance: random.Random) -> Callable[[bytes], Iterator[bytes]]:
    """Seeded answers: noise, right words with wrong values, what is cut off, bundles with wrong sizes, too much."""

    def one(asked: str) -> bytes:
        kind = chance.randrange(12)
        if kind == 0:
            return chance.randbytes(chance.randrange(300))
        if kind == 1:
            return BUNDLE + bytes(7) + b"\1" + struct.pack(">i", chance.choice([-4, 0, 2**31 - 1])) + bytes(16)
        if kind == 2:
            return f"/{asked}".encode() + bytes(4 - (len(asked) + 1) % 4) + b",[[s]]\0\0ab\0\0"
        if kind == 3:
            return f"/{asked}".encode() + bytes(4 - (len(asked) + 1) % 4) + b",bmt\0\0\0\0" + bytes(4) + b"\x9b" * 12
        address = asked if chance.random() < 0.5 else chance.choice(ANSWERS)
        if chance.random() < 0.3:
            shape = SHAPES.get(address, (float, float))
            made = {str: HOSTILE, int: chance.choice([0, 1, 2**40]), float: 0.5}
            words = [made.get(kind, 0.25) for kind in shape]  # type: ignore[call-overload]
        else:
            words = [value(chance) for _ in range(chance.randrange(5))]
        packet = encode(f"/{address}", *words)
        if len(packet) > 65_000:
            packet = encode(f"/{address}", *words[:1])
        return packet if kind > 4 else packet[: chance.randrange(len(packet))]

    def answer(packet: bytes) -> Iterator[bytes]:
        asked = decode(packet)[0][0][0][1:]
        for _ in range(chance.randrange(8)):
            yield one(chance.choice([asked, f"{asked}/end"]))

    return answer


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_nonsense_ends_a_command_in_one_line(words: tuple[str, ...], scene: str, capsys: Said) -> None:
    codes = set()
    for seed in SEEDS:
        with WrongDaemon(nonsense(random.Random(f"{words} {seed}"))) as wrong:
            code = main([*(word.replace("FILE", scene) for word in words), "--port", str(wrong.port)])
        out, err = capsys.readouterr()
        codes.add(code)
        assert code in (0, 1), seed
        assert code == 0 or len(err.splitlines()) == 1, (seed, err)
        assert not [c for c in out + err if c not in "\n\t" and not c.isprintable()], (seed, out, err)
        assert len(err) <= 2000, "and it is a short one"
    assert 1 in codes


def test_nothing_but_other_words_is_no_answer(scene: str, capsys: Said) -> None:
    """What comes on and on and says nothing to the point holds no command up; only `watch` hears all words.

    Each ends long before the talk does: that is counted.
    """
    said = 0

    def chatter(packet: bytes) -> Iterator[bytes]:
        nonlocal said
        for said in range(200):
            time.sleep(0.02)
            yield encode(f"/other/{said}", 1.0) if said % 2 else b"noise"

    for words in COMMANDS:
        if words[0] == "watch":
            continue
        with WrongDaemon(chatter) as wrong:
            assert main([*(word.replace("FILE", scene) for word in words), "--port", str(wrong.port)]) == 1, words
            assert said < 150, words
        assert "is studiod running there?" in capsys.readouterr().err


SHORT: list[tuple[tuple[str, ...], bytes]] = [  # a command, an answer that lacks what studiod says there
    (("scene", "list"), encode("/scene/list", "A", "today")),
    (("scene", "list"), encode("/scene/list/end", "many")),
    (("scene", "list"), encode("/scene/list/end", True)),
    (("scene", "store", "A"), encode("/scene/store", "A")),
    (("scene", "recall", "A"), encode("/scene/recall", "A", "1", 2)),
    (("scene", "diff", "A"), encode("/scene/diff", 1, 2, 3)),
    (("scene", "export", "A"), encode("/scene/export", "A", 1, 1)),
    (("scene", "export", "A"), encode("/scene/export", "A", 1, 2**31 - 1, "x")),
    (("scene", "import", "FILE"), encode("/scene/import", "A")),
]


@pytest.mark.parametrize(("words", "answer"), SHORT, ids=range(len(SHORT)))
def test_an_answer_that_studiod_does_not_give_is_told(
    words: tuple[str, ...], answer: bytes, scene: str, capsys: Said
) -> None:
    with WrongDaemon(lambda _: [answer]) as wrong:
        assert main([*(word.replace("FILE", scene) for word in words), "--port", str(wrong.port)]) == 1
        (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"127.0.0.1:{wrong.port} gives an answer that studiod does not give: ")
    assert "is another program on that port? name --host and --port" in line


def test_more_words_than_today_are_no_fault(capsys: Said) -> None:
    with WrongDaemon(lambda _: [encode("/scene/store", "A", 5, "A (before 2026-11-29 10.12.03)", 9)]) as wrong:
        assert main(["scene", "store", "A", "--port", str(wrong.port)]) == 0
    assert capsys.readouterr().out == "A: 5 values; what it held before is now A (before 2026-11-29 10.12.03)\n"


def test_an_answer_that_came_late_is_not_taken_for_the_next(scene: str, capsys: Said) -> None:
    """Each part of a text is answered twice, as on a slow network: the second answer is not the next part's."""
    texts = ["[scene]\n", 'name = "S"\n', "[values]\n"]

    def twice(packet: bytes) -> Iterator[bytes]:
        ((address, (_, part, *_)),) = decode(packet)[0]
        for number in (part - 1, part):
            if number:
                yield encode(address, "S", number, len(texts), texts[number - 1])
        if address == "/scene/import" and part == parts:
            yield encode("/scene/import/end", "S", 199, 0)

    parts = len(cut(Path(scene).read_text()))
    with WrongDaemon(twice) as wrong:
        assert main(["scene", "export", "S", "--port", str(wrong.port)]) == 0
        assert capsys.readouterr().out == "".join(texts)
        texts = ["x"] * parts
        assert main(["scene", "import", scene, "--port", str(wrong.port)]) == 0
        heard = [decode(packet)[0][0] for packet in wrong.heard if packet]
    assert [words[1] for address, words in heard if address == "/scene/import"] == list(range(1, parts + 1))
    assert capsys.readouterr().out == "S: 199 values\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("get", "ch/1/fader", "--host", "x" * 300), "xxx…: no host of that name is found"),
        (("get", "ch/1/fader", "--host", "a..b"), "--host a..b: no host of that name is found"),
        (("get", "ch/1/fader", "--port", "-1"), "--port: expected a port from 1 to 65535; got -1"),
        (("get", "ch/1/fader", "--port", str(10**30)), "--port: expected a port from 1 to 65535; got 1000"),
        (("get", "ch/1/fader", "--host", "\x1b[31m"), "--host \\u001b[31m: no host of that name is found"),
        (("set", "ch/1/name", "x" * 70_000), "expected at most 65507, which is one packet; shorten it"),
        (("get", "x" * 70_000), "expected at most 65507, which is one packet; shorten it"),
        (("scene", "store", "x" * 70_000), "expected at most 65507, which is one packet; shorten it"),
        (("watch", "x" * 70_000), "expected at most 65507, which is one packet; shorten it"),
    ],
    ids=range(9),
)
def test_words_that_no_desk_could_hear_are_one_line(words: tuple[str, ...], said: str, capsys: Said) -> None:
    place = () if "--port" in words or "--host" in words else ("--port", "9")
    place += ("--port", "9") if "--host" in words else ()
    assert main([*words, *place]) == (2 if said.startswith("--port") else 1)
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert len(line) < 400
    assert line.isprintable()
