"""Train members that ship for a larger input, from the weights that ship.

Run as ``python -m explorer.training.detection_refine FOLDER STATE SIDE_PX NAME ...``
after the family was trained at 320 px and its records written; it keeps
STATE/refined_SIDE_PX.pt, and goes on from there when started again. The backbone stays
as it is: it was tuned at 320 px, and small objects are what a larger input adds.
"""

import argparse
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file

from explorer.models import weights, zoo
from explorer.models.conv_norm import fold
from explorer.models.segmenters import as_float, shared_trunk
from explorer.models.trunk import Trunk
from explorer.training import detection_data as data
from explorer.training.detection_backbone import pool_of
from explorer.training.detection_heads import Run, draw, members, report, train

SEED = 77
BATCH = 8
STEPS = 1000
RATE = 1e-3  # half of the first training's
RATES = {"yolo_v1": 2.5e-4}
ODDS = (0.5, 0.35, 0.15)  # of photos, mosaics, tiles: nearer to what will be asked
BACKBONE = "everyday_lite"
UNUSED = [(64.0, 64.0)] * 9  # of YOLO, where another member is wanted


def shipped(name: str, rate: float | None = None, start: str | None = None) -> Run:
    """Return a member with the weights that ship, ready to learn on.

    With another member's name for ``start`` it has that one's weights where the two
    are alike (the name and the shape of a layer), and new ones elsewhere.
    """
    record = zoo.record(f"everyday_{name}")
    anchors = [tuple(pair) for pair in record.arguments.get("anchors", UNUSED)]
    member = members(anchors, anchors)[name]
    wanted = member.net.state_dict()
    source = zoo.record(f"everyday_{start}") if start else record
    own = as_float(load_file(weights.locate(source)[0]))
    if start:
        both = own.keys() & wanted.keys()
        own = wanted | {k: own[k] for k in both if own[k].shape == wanted[k].shape}
    member.net.load_state_dict(own, strict=True)
    run = Run(name, member.train())
    run.rate = rate or RATES.get(name, RATE)
    return run


def backbone() -> Trunk:
    """Return the backbone that ships, frozen."""
    (path,) = weights.locate(zoo.record(BACKBONE))
    return fold(shared_trunk(path, "cpu")).to(memory_format=torch.channels_last)


def options(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> str:
    """Return what was asked for beside the steps, as the command line has it."""
    said = []
    for name in ("seed", "again", "rate", "odds", "start"):
        value = getattr(asked, name)
        if value != parser.get_default(name):
            each = value if isinstance(value, list) else [value]
            said += [f"--{name}", *map(str, each)]
    return " ".join(said)


def main() -> None:
    """Read the command line, train, and score."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("state", type=Path)
    parser.add_argument("side_px", type=int, metavar="SIDE_PX")
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--again", type=int, default=1, help="how often a step learns")
    parser.add_argument("--rate", type=float, help="the highest")
    parser.add_argument("--start", metavar="NAME", help="begin from another's weights")
    parser.add_argument("--odds", type=float, nargs=3, default=ODDS, metavar="ODDS")
    asked = parser.parse_args()
    torch.set_flush_denormal(True)  # numbers near 0 would slow training tenfold
    torch.manual_seed(asked.seed)  # what is new in a member that starts from another
    runs = {name: shipped(name, asked.rate, asked.start) for name in asked.names}
    trunk, side = backbone(), asked.side_px
    how = {"odds": tuple(asked.odds), "seed": asked.seed, "count": BATCH}
    drawn = partial(draw, pool_of(asked.folder), side_px=side, **how)
    to = asked.state / f"refined_{side}.pt"
    train(runs, trunk, drawn, asked.steps, to, asked.again, options(parser, asked))
    report(runs, trunk, data.coco(asked.folder, "val"), side)


if __name__ == "__main__":
    main()
