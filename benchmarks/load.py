"""Load test: real websocket readers on the application as shipped.

Usage: ``python -m benchmarks.load [--readers 10 30 60 120] [--seconds 60]
[--json FILE] [--no-write] [--url http://...]``, or ``--soak MINUTES`` for readers who
come and go. The readers are asyncio tasks of one process and share the machine with
the server. Each loads the page, connects, moves a control once a second, uploads a
photo of her own once; those of the latent space drag on its plane in between.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path

from benchmarks import load_report as report
from benchmarks import load_soak
from benchmarks.load_plan import VISITS, seats
from benchmarks.load_reader import Book, Reader
from benchmarks.load_server import Server, serve

ARRIVE_S = 5.0  # a hall opens the link within this
LEAVE_S = 145.0  # a session is kept for 120 s, then tidied away within 20 s
SAMPLE_S = 0.5


async def watch(server: Server, seen: list[float]) -> None:
    """Note the server's memory until cancelled."""
    while True:
        memory = server.memory_mb()
        if memory is None:
            return
        seen.append(memory)
        await asyncio.sleep(SAMPLE_S)


async def crowd(server: Server, readers: int, seconds: float, seed: int) -> Book:
    """Let so many readers in, each for ``seconds``; return their book."""
    book = Book()

    async def come(place: int, reader: Reader) -> None:
        await asyncio.sleep(ARRIVE_S * place / readers)
        await reader.stay(seconds)

    visits = itertools.islice(seats(), readers)
    all_of_them = [
        Reader(server.url, visit, seed + place, book)
        for place, visit in enumerate(visits)
    ]
    await asyncio.gather(*(come(i, one) for i, one in enumerate(all_of_them)))
    return book


async def rehearse(server: Server) -> None:
    """Open every lesson of the plan once, so that its modules and models are there."""
    await asyncio.gather(*(Reader(server.url, v, 0, Book()).stay(1) for v in VISITS))


async def round_of(
    server: Server, readers: int, seconds: float, seed: int
) -> report.Round:
    """Measure one number of readers."""
    seen: list[float] = []
    before, used = server.memory_mb(), server.seconds()
    watching = asyncio.create_task(watch(server, seen))
    start, own = time.perf_counter(), time.process_time()
    book = await crowd(server, readers, seconds, seed)
    took, own = time.perf_counter() - start, time.process_time() - own
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    share = None if used is None else ((server.seconds() or 0) - used) / took
    return report.Round(
        readers=readers,
        seconds=seconds,
        before_mb=before,
        most_mb=max(seen, default=None),
        after_mb=None,
        server_share=share,
        own_share=own / took,
        **report.summary(book),  # type: ignore[arg-type]
    )


async def measure(
    server: Server, sizes: list[int], seconds: float, leave_s: float
) -> list[report.Round]:
    """Measure each number of readers in turn, and the memory when all have left."""
    rounds = []
    await rehearse(server)
    for at, readers in enumerate(sizes):
        found = await round_of(server, readers, seconds, 1000 * (at + 1))
        rounds.append(found)
        print(report.table([found]), "\n", found.errors, flush=True)
    if server.process is not None:
        await asyncio.sleep(leave_s)
        last = report.asdict(rounds[-1]) | {"after_mb": server.memory_mb()}
        kept = {name: getattr(rounds[-1], name) for name in ("times", "lessons")}
        rounds[-1] = report.Round(**(last | kept))
    return rounds


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("--readers", type=int, nargs="+", default=[10, 30, 60, 120])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each reader")
    parser.add_argument("--leave", type=float, default=LEAVE_S, help="wait at the end")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--url", help="a server that runs; its memory is not seen")
    parser.add_argument("--json", type=Path, help="write all that was measured")
    parser.add_argument("--no-write", action="store_true", help="leave the README")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure, print and write; a missed budget is said in the table, not by status."""
    asked = options(arguments)
    with nullcontext(Server(asked.url)) if asked.url else serve() as server:
        if asked.soak:
            soaked = asyncio.run(load_soak.soak(server, asked.soak * 60))
            mark, text, plain = "soak", load_soak.sentence(soaked), [soaked.plain()]
        else:
            rounds = asyncio.run(
                measure(server, asked.readers, asked.seconds, asked.leave)
            )
            mark, text = "load", report.table(rounds)
            plain = [one.plain() for one in rounds]
    print(text)
    if not asked.no_write:
        report.write(mark, text)
    if asked.json:
        asked.json.write_text(json.dumps(plain, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
