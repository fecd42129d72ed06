"""The README is a promise: what it lists must exist, what it measured must be there."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from explorer.models import engine
from explorer.ui import routes
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


def test_the_block_of_many_readers_holds_its_table():
    lines = [line for line in block("load").splitlines() if line.startswith("|")]
    assert len(lines) > 2, "`make load` has not filled its block yet"
    assert re.fullmatch(r"\|(:?-+:?\|)+", lines[1].replace(" ", ""))
    assert {line.count("|") for line in lines} == {lines[0].count("|")}
    assert all(re.search(r"\d", line) for line in lines[2:])


def test_the_block_of_the_soak_says_what_was_measured():
    assert re.search(r"\d.*\w", block("soak")), "`make soak` has not filled its block"


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets


def test_every_folder_of_the_map_exists():
    for path in re.findall(r"^([a-z_]+(?:/[a-z_]+)*/?)  +", README, flags=re.M):
        assert (ROOT / path).exists(), path


def test_every_script_named_exists():
    named = set(re.findall(r"python -m (explorer[a-z_.]*)", README))
    assert "explorer.training.colour_record" in named
    for name in named:
        place = ROOT / name.replace(".", "/")
        assert place.with_suffix(".py").exists() or place.is_dir(), name


def test_the_picture_of_a_code_is_asked_for_as_the_readme_says(dragged):
    path, query = re.search(r"GET (/live/\w+)\?([^`]+)`", README).groups()
    assert path == routes.DECODE
    # Torch takes its time to come in; a route has but a few seconds.
    engine.run("digits_vae_2", "decode", z=np.zeros((1, 2), np.float32))
    told = dragged(query)
    assert (told.status_code, told.media_type) == (200, "image/png")
    assert f"beyond {routes.FARTHEST:g} in any number" in README
    assert f"beyond {routes.AT_ONCE} requests at once" in README


NAMES = {
    "digits": "MNIST",
    "fashion": "Fashion-MNIST",
    "frey": "Frey faces",
    "faces": "UTKFace",
    "camvid": "CamVid",
    "pennfudan": "Penn-Fudan",
    "imagenet": "ImageNet",
    "coco": "COCO",
}


@pytest.mark.parametrize("data", NAMES)
def test_the_data_of_every_record_are_credited(data):
    records = (ROOT / "assets" / "checkpoints").glob("*.json")
    used = {json.loads(path.read_text())["data"] for path in records}
    credits = README[README.index("## Credits") :]
    assert data not in used or re.search(rf"\b{NAMES[data]}\b", credits)
