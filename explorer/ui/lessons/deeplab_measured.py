"""What a DeepLab's record says of other settings, in words."""

from collections.abc import Mapping
from typing import Any

from explorer.models.deeplab import RATES, TRAINED_STRIDE
from explorer.ui.lessons.deeplab_words import TRAINED

BRANCH_NAMES = {
    "1x1": "1 × 1",
    **{f"rate{i}": f"rate {rate}" for i, rate in enumerate(RATES, 1)},
    "pool": "image mean",
}
LITTLE = 0.1  # of what the 1 × 1 branch is worth: too little for rates to matter
TESTED_NOTE = (
    f"One training for all rows: at stride {TRAINED_STRIDE} with rates {TRAINED}, the "
    "scores with and without the decoder together. What a network was not trained for "
    "need not help it; the paper trains anew for most of its tables."
)


def measured(score: Mapping[str, Any] | None) -> str:
    """Tabulate what a record says of the settings, on photos never trained on.

    Parameters
    ----------
    score : mapping or None
        As ``explorer.training.segmentation_settings`` finds it.
    """
    if score is None:
        return "These weights were not scored in other settings than as trained."
    lines = [
        f"**Measured on {score['n']} photos never trained on** (kept in the record)",
        "",
        f"| | mean IoU | within {score['band_px']} px of a boundary |",
        "|---|---|---|",
    ]
    for one in score["settings"]:
        name = switched(one["switches"])
        lines.append(f"| {name} | {one['miou']:.3f} | {one['band_miou']:.3f} |")
    return "\n".join(lines)


def reliance(score: Mapping[str, Any] | None) -> str:
    """Say what the record's scores without branches mean for the rates.

    Nothing where the record lacks them, and no conclusion where they allow none.
    """
    settings = score["settings"] if score else []
    found = {
        one["switches"].get("off", ""): one["miou"]
        for one in settings
        if set(one["switches"]) <= {"off"}
    }
    rates = ",".join(name for name in BRANCH_NAMES if name.startswith("rate"))
    if not {"", rates, "1x1"} <= found.keys():
        return ""
    whole, without, alone = found[""], found[rates], found["1x1"]
    said = (
        "**What do the rates buy here?** Without all three atrous branches mean IoU "
        f"is {beside(without, whole)}; without the 1 × 1 branch {alone:.3f}."
    )
    if alone >= whole or whole - without > LITTLE * (whole - alone):
        return said
    return (
        f"{said} This network leans on its 1 × 1 branch, so it hardly matters how the "
        "others are spread. That says what this training made of them, not what "
        "atrous branches can do."
    )


def beside(now: float, before: float) -> str:
    """Write a score beside the one it replaces, or that they read the same.

    Examples
    --------
    >>> beside(0.5871, 0.601), beside(0.6009, 0.6011)
    ('0.587 instead of 0.601', 'the same, 0.601')
    """
    new, old = f"{now:.3f}", f"{before:.3f}"
    return f"the same, {new}" if new == old else f"{new} instead of {old}"


def switched(switches: Mapping[str, Any]) -> str:
    """Name what was switched.

    Examples
    --------
    >>> switched({}), switched({"decoder": False}), switched({"rates": "1,1,1"})
    ('as trained', 'no decoder', 'rates 1, 1, 1')
    >>> switched({"off": "1x1,rate2"})
    'without 1 × 1, rate 6'
    """
    said = []
    for name, value in switches.items():
        if name == "off":
            off = [BRANCH_NAMES[branch] for branch in value.split(",")]
            said.append("without " + ", ".join(off))
        elif name == "decoder":
            said.append("decoder" if value else "no decoder")
        else:
            said.append(f"{name} {value}".replace("_", " ").replace(",", ", "))
    return ", ".join(said) or "as trained"
