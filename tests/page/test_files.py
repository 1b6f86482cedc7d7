"""The files of the page by themselves: what others wrote is as they wrote it, and nothing is asked of another host."""

import hashlib
import posixpath
import re

import pytest

from controllers.http.pages import FOLDER, pages

LIB = (FOLDER / "lib" / "README.md").read_text("utf-8")
OWN = sorted(name for name in pages().files if not name.startswith("lib/"))


@pytest.mark.parametrize(("name", "digest"), re.findall(r"\| `([\w.-]+\.js)` .*`([0-9a-f]{64})` \|", LIB))
def test_a_library_is_as_its_makers_sent_it(name: str, digest: str) -> None:
    assert hashlib.sha256(pages().files[f"lib/{name}"]).hexdigest() == digest


def test_every_library_is_in_the_list() -> None:
    assert {file.name for file in (FOLDER / "lib").glob("*.js")} == set(re.findall(r"\| `([\w.-]+\.js)`", LIB))


@pytest.mark.parametrize("name", [name for name in OWN if name.endswith((".js", ".css"))])
def test_no_file_asks_another_host_and_every_import_is_there(name: str) -> None:
    text = pages().files[name].decode()
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)
    folder = name.rpartition("/")[0]
    for wanted in re.findall(r"(?:from|import) '([^']+)'", text):
        assert wanted.startswith("."), wanted
        parts = folder.split("/") if folder else []
        for part in wanted.split("/"):
            if part == "..":
                parts.pop()
            elif part != ".":
                parts.append(part)
        assert "/".join(parts) in pages().files, wanted


@pytest.mark.parametrize("name", OWN)
def test_a_file_is_one_idea(name: str) -> None:
    most = 500 if name.endswith(".css") else 300
    assert name == "roles.js" or len(pages().files[name].splitlines()) <= most


SCRIPTS = [name for name in OWN if name.endswith(".js")]


def imported(name: str) -> set[str]:
    """The files that one imports, itself among them, and all that these import."""
    found, todo = {name}, [name]
    while todo:
        at = todo.pop()
        for wanted in re.findall(r"(?:from|import) '([^']+)'", pages().files[at].decode()):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(at), wanted))
            if path not in found:
                found.add(path)
                todo.append(path)
    return found


def test_a_file_brings_the_elements_that_it_draws() -> None:
    """Whoever shows an element imports it: a view that comes later has nobody else to do so."""
    text = {name: pages().files[name].decode() for name in SCRIPTS}
    made = {element: name for name in SCRIPTS for element in re.findall(r"define\('(x-[\w-]+)'", text[name])}
    missing = {
        (name, element)
        for name in SCRIPTS
        for element in re.findall(r"<(x-[\w-]+)", text[name])
        if made[element] not in imported(name)
    }
    assert not missing


def test_a_class_is_laid_out_in_one_style_sheet() -> None:
    """All sheets hold everywhere: a name that two views use for two things spoils both."""
    places: dict[str, set[str]] = {}
    for name in [name for name in OWN if name.endswith(".css")]:
        text = re.sub(r"/\*.*?\*/|@[^{;]*\{", "", pages().files[name].decode(), flags=re.S)
        for heads in re.findall(r"([^{}]+)\{", text):
            for head in heads.split(","):
                if re.fullmatch(r"\.[\w-]+", head.strip()):
                    places.setdefault(head.strip(), set()).add(name)
    assert not {head: sheets for head, sheets in places.items() if len(sheets) > 1}
