"""A table of budgets of which some lines are measured anew."""

from benchmarks.__main__ import table, written
from benchmarks.mended import mended

HEAD = "| What | Median | p95 | Against |"
BEFORE = f"{HEAD}\n| a | 1 | 2 | its own (3 ms) |\n| a | 1 | 2 | theirs (3 ms) |"


def test_a_line_is_known_by_what_it_measures_and_against_what() -> None:
    now = f"{HEAD}\n| a | 7 | 8 | theirs (9 ms) |\n| c | 5 | 6 |  |"
    made = mended(BEFORE, now).splitlines()
    assert made == [*BEFORE.splitlines()[:2], "| a | 7 | 8 | theirs (9 ms) |"]


def test_the_table_that_stands_is_found_and_stays_whole() -> None:
    before = written()
    assert before.startswith(HEAD)
    row = {"what": "YOLO: first open", "median_ms": 1.0, "p95_ms": 2.0}
    made = mended(before, table([row]))
    changed = set(made.splitlines()) - set(before.splitlines())
    assert [line.split(" |")[0] for line in changed] == ["| YOLO: first open"]
    assert len(made.splitlines()) == len(before.splitlines())
