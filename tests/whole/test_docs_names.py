"""What the documents name in `code` exists: paths of the console, points, commands and answers of OSC, files."""

import re
import shlex
from pathlib import Path

import pytest

import servers
from controllers.http.site import OWN
from controllers.osc.vocabulary import DESK_SAYS
from controllers.x32.manual import folded
from controllers.x32.rules.whole import everything
from studiod.cli.main import parser
from studiod.host import preflight
from studiod.registry.param import Refusal
from studiod.registry.roles import COMMANDS, LEADS
from studiod.settings.schema import Settings

ROOT = servers.ROOT
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "config").rglob("*.md")])
DESK = preflight.desk(Settings())
REGISTRY = DESK.registry
COMMAND_LINE = {  # a command: its options
    name: {option for action in one._actions for option in action.option_strings}
    for name, one in next(action.choices for action in parser()._actions if action.choices).items()
}
STRIPS = ("ch/1", "bus/1", "return/1", "matrix/1", "main")  # `gate/key` alone is that of any strip that has one
# Folders of a machine that studiod is installed on, of its state, and examples of a user's own.
ELSEWHERE = (
    "/etc/studiod",
    "/var/cache/studiod",
    "~/.config/studiod",
    "recordings/",
    "backups/",
    "surfaces/",
    "/folder/of/",
    "/srv/",
    "Friday/",
    "text/html",
)
X32_TREE = {folded(row.address) for row in everything(1)}
X32_WORDS = {"/xremote", "/load", "/save", "/rename", "/delete", "/-action/goscene", "/meters/15", "/meters/16"}
PATCHES = [file.read_text("utf-8") for file in (ROOT / "tests").rglob("*.patch")]


def named(text: str) -> list[str]:
    """Every word with a slash in the code spans of a page, fenced blocks left out."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    words = [
        word.removeprefix('{"').strip("'\",").rstrip(".")
        for span in re.findall(r"`([^`\n]+)`", prose)
        for word in span.split()
    ]
    return [word for word in words if "/" in word and "://" not in word]


def is_path(word: str) -> bool:
    """A path of the console, whole or from its strip on, with N, K, M and k for a number; or a point; or a pattern."""
    for example, number in (("(12+K)", "13"), ("…", "**"), ("1..32", "1")):
        word = word.replace(example, number)
    word = re.sub(r"(?<![^/])[NKMk](?![^/])", "1", word)
    word = re.sub(r"^S/", "ch/1/", word)
    if word in DESK.registry.stereo:
        return True
    for one in (word, *(f"{strip}/{word}" for strip in STRIPS)):
        try:
            if REGISTRY.match(one) or REGISTRY.match(f"{one}/**"):
                return True
        except Refusal:
            return False
    return False


def is_word(word: str) -> bool:
    """A command, with what it takes in its address or not; an answer of one; what the desk alone says."""
    word = word.removeprefix("/")
    if word.endswith(("/…", "/*")):
        return any(one.startswith(word[:-1]) for one in COMMANDS)
    return word in DESK_SAYS | set(LEADS) or any(word == one or word.startswith(f"{one}/") for one in COMMANDS)


def is_file(word: str) -> bool:
    """One of this tree, or one that a patch of the tests adds to it; or of a folder of ELSEWHERE."""
    if any(f"\n+++ b/{word}\n" in patch for patch in PATCHES):
        return True
    return word.startswith(ELSEWHERE) or (not word.startswith("/") and (ROOT / word).exists())


def is_of_the_x32(word: str) -> bool:
    """A leaf or a node of the console that docs/x32.md is about, N for a number or not; or a word of its port."""
    address = folded(word.strip("/"))
    return word in X32_WORDS or address in X32_TREE or any(one.startswith(f"{address}/") for one in X32_TREE)


def exists(word: str) -> bool:
    head, _, below = word.removeprefix("/").partition("/")
    if word.startswith("/") and head in LEADS and below:
        return below == "PATH" or is_path(below)
    return is_word(word) or is_path(word.strip("/")) or is_file(word) or word.strip("/…") in OWN or is_of_the_x32(word)


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_command_and_file_that_a_page_names_exists(page: Path) -> None:
    missing = [word for word in named(page.read_text("utf-8")) if not exists(word)]
    assert missing == [], "name it as it is, or add its folder to ELSEWHERE"


def calls(text: str) -> list[list[str]]:
    """Calls of studiod in the code spans of a page, whole or their beginnings."""
    spans = re.findall(r"`(?:sudo )?(?:\.venv/bin/)?studiod ([^`]+)`", re.sub(r"\s+", " ", text))
    return [shlex.split(span) for span in spans]


def is_call(words: list[str]) -> bool:
    """Of a command and options that there are; set: of a value that its path takes."""
    command = COMMAND_LINE.get(words[0])
    if command is None or any(word.startswith("--") and word not in command for word in words):
        return False
    return words[0] != "set" or len(words) < 3 or REGISTRY.find(words[1]).accept(" ".join(words[2:])) is not None


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_call_of_studiod_that_a_page_names_is_one(page: Path) -> None:
    for words in calls(page.read_text("utf-8")):
        assert is_call(words), words


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    assert [one for one in targets if "://" not in one and not (page.parent / one.partition("#")[0]).is_file()] == []


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    reached = text + "".join((ROOT / name).read_text("utf-8") for name in re.findall(r"docs/[\w-]+\.md", text))
    pages = [page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").glob("*.md")]
    assert [page for page in pages if page not in reached] == []


def test_what_does_not_exist_is_found() -> None:
    assert named("a `ch/1/fadr`, `set ch/1/mute 1`, and\n```sh\nls a/b\n```\n") == ["ch/1/fadr", "ch/1/mute"]
    for word in ("ch/1/fadr", "/turn/ch/1/fadr", "/scene/stor", "docs/none.md", "gate/kay", "/left", "track/0"):
        assert not exists(word), word
    for word in ("ch/N/fader", "/turn/**", "/take/open/left_out", "gate/key", "track/N", "docs/osc.md", "/etc/studiod"):
        assert exists(word), word
    assert calls("`studiod run --config a` and `sudo .venv/bin/studiod\ncheck`") == [
        ["run", "--config", "a"],
        ["check"],
    ]
    assert not is_call(["run", "--konfig", "a"])
    assert not is_call(["runs"])
    with pytest.raises(Refusal, match="out of range"):
        is_call(["set", "ch/1/hpf/freq", "1k2"])
