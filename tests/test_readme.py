"""The README is a promise: what it lists must exist, what it measured must be there."""

import re
from pathlib import Path

from explorer.ui.catalogue import LESSONS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->(.*)<!-- /{name} -->", README, flags=re.S)
    assert found, name
    return found.group(1).strip()


def test_the_lessons_listed_are_those_that_exist():
    asked = [x.question.replace("|", r"\|") for x in LESSONS]  # a bar ends a cell
    rows = [
        f"| {x.part} | [{x.title}]({x.path}) | {question} |"
        for x, question in zip(LESSONS, asked, strict=True)
    ]
    assert block("lessons").splitlines() == rows


def test_the_measured_table_has_every_page_and_its_budgets():
    table = block("bench")
    for lesson in LESSONS:
        assert f"| {lesson.title}: control to picture |" in table
    assert "≤ 300 ms" in table


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets


def test_every_folder_of_the_map_exists():
    for path in re.findall(r"^([a-z_]+(?:/[a-z_]+)*/?)  +", README, flags=re.M):
        assert (ROOT / path).exists(), path
