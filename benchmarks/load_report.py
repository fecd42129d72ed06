"""What a load test found, as rows, as a table, and in the README."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.load_plan import ARITHMETIC, NETWORK
from benchmarks.load_reader import DRAG, OPEN, PHOTO, Book

README = Path(__file__).parents[1] / "README.md"
OWED_MS = {(30, ARITHMETIC): 300, (30, NETWORK): 1000}
KINDS = (ARITHMETIC, NETWORK, OPEN, PHOTO, DRAG)
MOST_ERRORS = 8  # sentences kept, the most frequent first


@dataclass(frozen=True)
class Times:
    """Milliseconds of one kind: how many, the middle one, the slow ones."""

    n: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Round:
    """What came of one number of readers.

    Attributes
    ----------
    moved, due : int
        Controls moved, and how many would have been had no answer been late.
    before_mb, most_mb, after_mb : float or None
        Resident memory of the server: before they came, at most, when all had left.
    server_share, own_share : float or None
        Cores kept busy by the server, and by the load generator itself.
    """

    readers: int
    seconds: float
    times: dict[str, Times]
    lessons: dict[str, Times]
    moved: int
    due: int
    errors: dict[str, int]
    shed: int
    failed: int
    bytes: int
    before_mb: float | None
    most_mb: float | None
    after_mb: float | None
    server_share: float | None
    own_share: float | None

    @property
    def mb_a_reader(self) -> float | None:
        """Memory that came with the readers, shared among them."""
        if self.before_mb is None or self.most_mb is None:
            return None
        return (self.most_mb - self.before_mb) / self.readers

    def plain(self) -> dict[str, object]:
        return asdict(self) | {"mb_a_reader": self.mb_a_reader}


def times_of(ms: list[float]) -> Times:
    p50, p95 = np.percentile(ms, (50, 95)).tolist()
    return Times(len(ms), round(p50, 1), round(p95, 1))


def summary(book: Book) -> dict[str, object]:
    """Return what a ``Round`` takes from a book."""
    return {
        "times": {kind: times_of(book.ms[kind]) for kind in KINDS if book.ms[kind]},
        "lessons": {name: times_of(ms) for name, ms in sorted(book.by_lesson.items())},
        "moved": sum(len(book.ms[kind]) for kind in (ARITHMETIC, NETWORK)),
        "due": book.due,
        "errors": dict(book.errors.most_common(MOST_ERRORS)),
        "shed": book.shed,
        "failed": book.failed,
        "bytes": book.bytes,
    }


def table(rounds: list[Round]) -> str:
    """Write the rounds as a markdown table: each time as median / p95."""
    names = [f"{kind[0].upper()}{kind[1:]}" for kind in KINDS]
    head = ["Readers", *names, "Moves made", "Errors", "Shed", "MB a reader", "Cores"]
    lines = [f"| {' | '.join(head)} |", "|" + "---:|" * len(head)]
    for one in rounds:
        cells = [f"{one.readers}", *(_cell(one, kind) for kind in KINDS)]
        made = f"{one.moved / one.due:.0%}" if one.due else ""
        wrong = sum(one.errors.values())
        cells += [made, f"{wrong}", f"{one.shed}"]
        cells.append("" if one.mb_a_reader is None else f"{one.mb_a_reader:.1f}")
        cells.append("" if one.server_share is None else f"{one.server_share:.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", verdict(rounds)])


def _cell(one: Round, kind: str) -> str:
    if kind not in one.times:
        return ""
    found = one.times[kind]
    owed = OWED_MS.get((one.readers, kind))
    text = f"{_ms(found.p50_ms)} / {_ms(found.p95_ms)}"
    return f"**{text}**" if owed and found.p95_ms > owed else text


def _ms(value: float) -> str:
    return f"{value:.0f} ms" if value < 999.5 else f"{value / 1e3:.1f} s"


def verdict(rounds: list[Round]) -> str:
    """Say in sentences what is owed, and whether it was kept."""
    said = []
    for one in rounds:
        for kind in (ARITHMETIC, NETWORK):
            owed = OWED_MS.get((one.readers, kind))
            if owed and kind in one.times:
                p95 = one.times[kind].p95_ms
                kept = "kept" if p95 <= owed else "**missed**"
                said.append(
                    f"{one.readers} readers, {kind}: p95 {_ms(p95)} of at most "
                    f"{_ms(owed)}, {kept}."
                )
        if one.readers == 60:
            wrong = sum(one.errors.values())
            kept = "kept" if not wrong else "**missed**"
            said.append(f"60 readers without an error: {wrong} errors, {kept}.")
    if rounds and rounds[-1].after_mb is not None and rounds[0].before_mb is not None:
        start, most, end = rounds[0].before_mb, rounds[-1].most_mb, rounds[-1].after_mb
        said.append(
            f"Memory: {start:.0f} MB before the first reader, {most:.0f} MB with the "
            f"last {rounds[-1].readers}, {end:.0f} MB when all had left."
        )
    return " ".join(said)


def write(mark: str, text: str) -> None:
    """Put a text between the README's marks of that name."""
    readme = README.read_text()
    block = f"<!-- {mark} -->\n{text}\n<!-- /{mark} -->"
    found, count = re.subn(
        f"<!-- {mark} -->.*<!-- /{mark} -->", lambda _: block, readme, flags=re.S
    )
    if not count:
        raise ValueError(f"the README has no marks <!-- {mark} -->, <!-- /{mark} -->")
    README.write_text(found)
