"""What the lesson on encoders and decoders says about this image's own numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.label_change import NEAR_PX, LabelChanges
from explorer.core.numerals import signed
from explorer.core.unet_sizes import UNetSizes
from explorer.figures.diagram import bytes_text
from explorer.ui.lessons.encoder_decoder_words import TITLES, off_label, off_name


def segnet_level(a: Mapping[str, NDArray[Any]]) -> str:
    """Say what happened at a level of SegNet, with this image's own numbers."""
    values = a["pooled"].size
    idle = float((a["pooled"] == 0).mean())
    filled = float((a["unpooled"] != 0).mean())
    silent = (
        f" In {idle:.0%} of the windows all four values are 0 (ReLU cut them): the "
        "index then names the first cell, by convention only."
        if idle >= 0.005
        else ""
    )
    return (
        f"The encoder keeps {values:,} values and notes for each which of four cells "
        "held it. **The decoder puts its own values there**: follow a colour from the "
        "encoder's map to the pooled one, and from the decoder's to its place in the "
        f"unpooled one. {filled:.0%} of that map are not 0; two convolutions make it "
        f"dense again.{silent}"
    )


def unet_level(a: Mapping[str, NDArray[Any]], level: int) -> str:
    """Say what happened at a level of U-Net, with this image's own numbers."""
    channels = int(a["channels"])
    strength = float(np.abs(a["decoded"]).mean())
    change = float(np.abs(a["decoded"] - a["without"]).mean())
    share = (
        f"In the channel shown, leaving the skip out changes a value by {change:.2f} "
        f"on average; the values' mean size is {strength:.2f}."
    )
    return (
        f"{channels} maps of the encoder and {channels} raised from below are stacked "
        f"to {2 * channels}; two convolutions read them all and make "
        f"{int(a['decoded_channels'])}. {share} "
        f"(Level {level}'s skip alone; coarser levels keep theirs.)"
    )


def no_size(error: str, nearest: Sequence[int]) -> str:
    """Say why an input does not go through, and which ones near it do."""
    sentence = error[0].upper() + error[1:]
    one, other = nearest
    return f"{sentence}. {one} and {other} px go through; {one} is shown."


def size_words(sizes: UNetSizes) -> str:
    """Say what the U leaves of the input, and what the skips lose on the way."""
    *skips, bottom = sizes.levels
    kept = ", ".join(str(x.skip) for x in skips)
    if sizes.padded:
        return (
            f"With a ring of zeros around every map each convolution keeps its size: "
            f"{sizes.size} in, **{sizes.output}** out, skips {kept}, nothing to cut. "
            "That is what the trained networks of this page do. Near the border they "
            "read zeros that are not in the photo."
        )
    lost = sizes.size - sizes.output
    share = sizes.output**2 / sizes.size**2
    return (
        f"Each 3 × 3 convolution takes 2 px, each level {sizes.levels[0].entering} → "
        f"{sizes.levels[0].skip} and so on down to {bottom.left}: **{sizes.size} in, "
        f"{sizes.output} out**, skips {kept}. The maps raised from below are smaller "
        "than the skips, so each skip is cut to fit. "
        f"{lost} px are lost a side, so only {share:.0%} of the area gets a class: the "
        "paper mirrors the image around its border and cuts large images into "
        "overlapping tiles, so that no output has read made-up zeros."
    )


def changed_text(share: float) -> str:
    """Say which share of the pixels changed.

    Examples
    --------
    >>> changed_text(0.1234), changed_text(0.0004), changed_text(0.0)
    ('12.3 % changed', '<0.1 % changed', 'nothing changed')
    """
    if share == 0:
        return "nothing changed"
    return f"{_percent(share)} changed"


def _percent(share: float) -> str:
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %"


def change_words(architecture: str, off: str, changes: LabelChanges, place: int) -> str:
    """Say what the chosen switch changed, and whether it was at boundaries."""
    if not place:
        return (
            "The network as it was trained. Choose a switch in the toolbar or in the "
            "strip to see what it is good for."
        )
    one = changes.each[place - 1]
    label = off_label(architecture, off)
    head = f"**{label[0].upper()}{label[1:]}**, {_percent(one.changed_frac)} of the "
    if not one.changed_frac:
        return f"{head}labels change: on this image nothing hangs on it."
    head += (
        f"labels change. {_percent(one.near_frac)} of the changed pixels lie within "
    )
    near = f"{NEAR_PX:.0f} px of a class boundary"
    if not changes.near_frac:
        return f"{head}{near}: the whole network found one class only, so none can."
    times = one.near_frac / changes.near_frac
    chance = f"{_percent(changes.near_frac)} of all pixels do"
    if times > 1.2:
        said = f"so changes fall there **{times:.1f} times as often** as by chance"
    elif times < 0.8:
        said = f"so changes **avoid** boundaries ({times:.1f} times chance)"
    else:
        said = "so changes fall there about as often as anywhere"
    return f"{head}{near}; {chance}, {said}."


def change_table(
    architecture: str, changes: LabelChanges, scores: Sequence[float | None]
) -> str:
    """Write every switch's numbers as a table in markdown, mIoU where it is known."""
    truth = scores[0] is not None
    head = ["switched", "labels changed", f"of these within {NEAR_PX:.0f} px"]
    head += ["mIoU with the whole network", "boundary IoU with it"]
    head += ["mIoU with the truth"] if truth else []
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    count = len(changes.each)
    every = [*(str(i) for i in range(1, count)), ",".join("123456"[: count - 1])]
    first = [off_name(architecture, ""), "", "", "", ""]
    lines.append(_line(first, scores[0], scores[0]))
    for off, one, score in zip(every, changes.each, scores[1:], strict=True):
        near = "" if np.isnan(one.near_frac) else _percent(one.near_frac)
        cells = [off_name(architecture, off), _percent(one.changed_frac), near]
        cells += [f"{one.agreement:.3f}", _number(one.boundary_iou)]
        lines.append(_line(cells, score, scores[0]))
    return "\n".join(lines)


def _line(cells: list[str], score: float | None, whole: float | None) -> str:
    if score is not None and whole is not None:
        change = f"\xa0({signed(score - whole, 3, '+')})" if score != whole else ""
        cells = [*cells, f"{score:.3f}{change}"]
    return "| " + " | ".join(cells) + " |"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3f}"


def change_notes(truth: bool) -> str:
    """Say what the table's columns mean, and what is missing without the truth."""
    text = (
        "Pixels are those of the image above. The weights are those trained with "
        "everything on: a network trained without a skip could learn to do without it."
    )
    if truth:
        return text
    return f"{text} With true classes (button above) the table also shows the mIoU."


def cost_table(columns: Mapping[str, Mapping[str, Any]]) -> str:
    """Write what each network costs and reaches, a column a network.

    Parameters
    ----------
    columns : mapping
        By architecture: ``miou`` (value, split, photos) or None, ``parameters``,
        ``macs``, ``passed`` and ``kept`` in bytes, ``ms``.
    """
    rows = [
        ("mIoU on photos never trained on", _miou),
        ("parameters", lambda c: f"{c['parameters'] / 1e6:.2f} million"),
        ("multiply-adds, at the size trained for", _macs),
        ("passed across, at least", lambda c: bytes_text(c["passed"])),
        ("passed across, as PyTorch keeps it", lambda c: bytes_text(c["kept"])),
        ("time here, median", lambda c: f"{c['ms']:.0f} ms"),
    ]
    names = [TITLES[name] for name in columns]
    lines = ["| | " + " | ".join(names) + " |", "|---" + "|---:" * len(names) + "|"]
    for title, write in rows:
        cells = [write(column) for column in columns.values()]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _miou(column: Mapping[str, Any]) -> str:
    if column["miou"] is None:
        return "not measured"
    value, split, photos = column["miou"]
    return f"{value:.3f} ({split},\xa0{photos})"


def _macs(column: Mapping[str, Any]) -> str:
    return "not counted" if column["macs"] is None else f"{column['macs'] / 1e9:.2f} G"


def passed_words(passed: Mapping[str, int], kept: Mapping[str, int]) -> str:
    """Compare what crosses in the two networks, in bytes of this image's tensors."""
    segnet, unet = passed["segnet"], passed["unet"]
    less = f"{unet / segnet:.0f} times less"
    return (
        f"For this image U-Net passes {bytes_text(unet)} of features and SegNet "
        f"{bytes_text(segnet)} of indices, 2 bits a window: **{less}**. "
        "PyTorch, though, keeps each index as a 64-bit number, "
        f"{bytes_text(kept['segnet'])} in all, so in this implementation the gain is "
        f"only {unet / kept['segnet']:.1f} times."
    )
