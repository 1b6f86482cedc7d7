"""docs/decisions/: one page a decision, each of one form, and each found from docs/house.md."""

import re
from pathlib import Path

import pytest

import servers

DOCS = servers.ROOT / "docs"
PAGES = sorted((DOCS / "decisions").glob("*.md"), key=lambda page: int(page.name.partition("-")[0]))
PARTS = ["Forces", "Decision", "What it costs", "What would change our mind"]


def test_the_house_leads_to_each_page_by_its_title() -> None:
    links = re.findall(r"^\* \[(.+)\]\(decisions/(\S+)\)$", (DOCS / "house.md").read_text("utf-8"), re.MULTILINE)
    titles = [(page.read_text("utf-8").splitlines()[0].partition(". ")[2], page.name) for page in PAGES]
    assert len(PAGES) >= 8
    assert links == titles


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_its_four_parts_and_no_more_than_a_page(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.name.partition('-')[0]}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert 20 <= len(text.splitlines()) <= 40
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))


def test_the_pages_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name.partition("-")[0]) for page in PAGES]
    assert numbers == list(range(1, len(PAGES) + 1))
