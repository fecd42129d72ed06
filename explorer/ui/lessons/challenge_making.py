"""How the frames of a challenge were made, in words and in their own numbers."""

from collections.abc import Sequence

import numpy as np

from explorer.core.challenge_frames import Frames
from explorer.core.challenges import ENCODING, light_gain
from explorer.core.numerals import signed
from explorer.core.pasting import whole_box

LIGHT, ROLL, VIEW, COVER, CLUTTER, OTHERS = CHALLENGES = (
    "Illumination",
    "Pose",
    "Viewpoint",
    "Occlusion",
    "Clutter",
    "Instance",
)


def axis(challenge: str) -> str:
    """Return what the slider moves."""
    return {
        LIGHT: "light, in stops",
        ROLL: "turn in the picture, in degrees",
        VIEW: "turn away from the camera, in degrees",
        COVER: "share of the box covered",
        CLUTTER: "things around the object",
        OTHERS: "another one in the same place",
    }[challenge]


def positions(challenge: str, frames: Frames) -> list[str]:
    """Return what each position of the slider is called, short."""
    return [
        _position(challenge, v, frames.names[k]) for k, v in enumerate(frames.values)
    ]


def _position(challenge: str, value: float, name: str) -> str:
    if challenge == OTHERS:
        return name
    if challenge == COVER:
        return f"{value:.0%}"
    if challenge == CLUTTER:
        return f"{value:.0f}"
    sign = "−" if value < 0 else "+" if value > 0 else ""
    return f"{sign}{abs(value):g}" + ("" if challenge == LIGHT else "°")


def workings(challenge: str, frames: Frames, thing: str) -> list[str]:
    """Return for each frame how it was made, in its own numbers."""
    return [_working(challenge, frames, k, thing) for k in range(len(frames))]


def _working(challenge: str, frames: Frames, k: int, thing: str) -> str:
    value = frames.values[k]
    if k == frames.base:
        return "The picture as it is."
    if challenge == LIGHT:
        return _light_working(frames, k)
    if challenge in (ROLL, VIEW):
        turned = _rolled(value) if challenge == ROLL else _yawed(value)
        return f"{turned} {_moved(frames, k)}"
    if challenge == COVER:
        return _covered(frames, k, thing)
    if challenge == CLUTTER:
        share = frames.pasted[k].mean()
        return (
            f"{value:.0f} {'thing' if value == 1 else 'things'} pasted: {share:.0%} of "
            "the picture, no pixel of the true box."
        )
    return f"In its place: {frames.names[k]}."


def _rolled(value: float) -> str:
    cos, sin = np.cos(np.deg2rad(value)), np.sin(np.deg2rad(value))
    return (
        f"Turned by {signed(value, 0)}° about the middle of the true box: x′ = "
        f"{signed(cos)} x {_term(-sin)} y, y′ = {signed(sin)} x {_term(cos)} y."
    )


def _yawed(value: float) -> str:
    return (
        f"Turned away by {signed(value, 0)}°: widths shrink to cos {abs(value):g}° = "
        f"{np.cos(np.deg2rad(value)):.2f}, and the side that goes away gets smaller."
    )


def _covered(frames: Frames, k: int, thing: str) -> str:
    height, width = frames.pasted.shape[1:]
    x1, y1, x2, y2 = (float(v) for v in frames.objects[k])
    x1, y1, x2, y2 = whole_box((x1, y1, x2, y2), width, height)
    some, whole = int(frames.pasted[k, y1:y2, x1:x2].sum()), (y2 - y1) * (x2 - x1)
    return (
        f"The {thing} takes {some:,} of the box's {whole:,} pixels: {some / whole:.1%}."
    )


def _light_working(frames: Frames, k: int) -> str:
    stops = frames.values[k]
    gain = light_gain(stops)
    image = frames.images[k]
    levels = len(np.unique(image))
    full = float((image == 255).mean())
    return (
        f"{2 ** abs(stops):g} times {'less' if stops < 0 else 'more'} light: each "
        f"number times 2^({signed(stops, 0)} / {ENCODING:g}) = {gain:.3g}, rounded, at "
        f"most 255. {levels} different levels are left; {full:.0%} of the numbers are "
        "at 255."
    )


def _moved(frames: Frames, k: int) -> str:
    size, old = (
        frames.objects[j, 2:] - frames.objects[j, :2] for j in (k, frames.base)
    )
    if np.abs(size - old).max() < 0.5:
        return f"The true box keeps its {old[0]:.0f} × {old[1]:.0f} px."
    return (
        f"The true box, {old[0]:.0f} × {old[1]:.0f} px, is now {size[0]:.0f} × "
        f"{size[1]:.0f} px."
    )


def _term(value: float) -> str:
    return ("− " if value < 0 else "+ ") + f"{abs(value):.2f}"


HOW = {
    LIGHT: "Light: every number of the photo is multiplied by one gain. A stop is "
    "twice the light; a photo's numbers are about the light to the power "
    f"1 / {ENCODING:g}. In the dark few grey levels are left; in the bright the "
    "upper ones are cut off.",
    ROLL: "Pose: the picture is turned about the object, as if the camera (or the "
    "head) were tilted; beyond its border lies its mean colour. The true box goes "
    "with it: it is the box around the turned ellipse that filled the old one.",
    VIEW: "Viewpoint: the photo is turned like a page about an upright axis through "
    "the object and seen by a camera as far away as the picture is long. That is "
    "right for a flat thing; a real head would also show its other side, and be "
    "harder. The true box goes with it: around the moved ellipse that filled the old "
    "one.",
    COVER: "Occlusion: the {thing} is raised from below until it covers the share; "
    "the share is counted in pixels. The {thing} was cut out of its sample photo by "
    "GrabCut inside a box that we drew, live on this machine.",
    CLUTTER: "Clutter: things of the sample photos ({things}), cut out by GrabCut "
    "inside boxes that we drew, are laid around the object one after another, at "
    "seeded places. None touches the true box; each is a true box of its own class.",
    OTHERS: "Instance: the same place, the same light, another {label}. {how}",
}
HOW_OTHERS = {
    "face": "An oval of another face, with the old one's mean and spread of each "
    "colour channel: those of the other sample photos, then 25 × 25 px faces of "
    "scikit-image.",
    "cat face": "An oval of the face of the samples' one cat, with the old one's mean "
    "and spread of each colour channel.",
    "person": "The person is taken out ({mask}), the hole is filled from around it "
    "(inpainting), and another person is put on the same ground, as high: the "
    "photographer, cut out by GrabCut, and pedestrians of the drawn streets with "
    "their exact silhouettes.",
}


def how(
    challenge: str, thing: str, things: Sequence[str], label: str, mask: str
) -> str:
    """Say how the frames of a challenge are made."""
    said = HOW_OTHERS.get(label, "").format(mask=mask)
    return HOW[challenge].format(
        thing=thing, things=", ".join(things), label=label, how=said
    )
