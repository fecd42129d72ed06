"""The README's table for a whole course follows from the numbers above it."""

import math
import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text()
TEXT = README[README.index("### How much for how many") :]
# The quantities, as the README gives them.
ACTIVE, EVERY_S, FREE = 0.1, 5, 0.5
MOVE_S, RUN_S, GPU_S, NEW = 0.05, 0.12, 0.01, 1 / 3
PROCESS_GB = {1_000: 1.3, 100_000: 1.2}  # with the networks in it, and without
READER_GB = 0.0013
MOVE_MB, FIRST_MB, OPENING_S = 0.14, 3.3, 300


def row(start: str) -> list[float]:
    """The two numbers of a row, units left out."""
    found = re.search(
        rf"^\| {re.escape(start)}.*?\| ([^|]+) \| ([^|]+) \|$", TEXT, re.M
    )
    assert found, start
    return [
        float(re.match(r"[\d.,]+", one)[0].replace(",", "")) for one in found.groups()
    ]


def wanted(readers: int) -> dict[str, float]:
    active = readers * ACTIVE
    moves = active / EVERY_S
    cores = moves * MOVE_S / FREE
    processes = max(2, math.ceil(cores))
    runs = moves * NEW
    return {
        "active at once": active,
        "moves a second": moves,
        "front-end cores": cores,
        "front-end processes": processes,
        "front-end memory": PROCESS_GB[readers] * processes + READER_GB * active,
        "network runs a second": runs,
        "without GPUs": runs * RUN_S / FREE,
        "with GPUs": runs * GPU_S / FREE,
        "bandwidth, moves": moves * MOVE_MB,
        "bandwidth, all of them": active * FIRST_MB / OPENING_S,
    }


@pytest.mark.parametrize("name", wanted(1_000))
def test_a_row_follows_from_its_formula(name):
    for number, readers in zip(row(name), (1_000, 100_000), strict=True):
        assert number == pytest.approx(wanted(readers)[name], rel=0.04)


@pytest.mark.parametrize(
    "said",
    [
        "0.05 s, as new pictures are encoded",
        "0.12 s\n  of a core",
        "0.01 s of a GPU",
        "1.2 GB where Ray",
        "1.3 GB with the networks",
        "3.3 MB",
        "0.14 MB a move",
        "10 % of a course",
        "one move in 5 seconds",
        "Assumed: a third",
    ],
)
def test_each_number_is_given_above_the_table(said):
    assert " ".join(said.split()) in " ".join(TEXT.split())
