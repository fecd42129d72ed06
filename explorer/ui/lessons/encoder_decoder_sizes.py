"""The lesson's part on U-Net's sizes: a calculator of its valid convolutions."""

import streamlit as st

from explorer.core.unet_sizes import UNetSizes, unet_sizes, valid_sizes
from explorer.figures.unet_sizes import sizes_diagram
from explorer.models.proofs import encoder_decoder as proofs
from explorer.ui import live
from explorer.ui.lessons import encoder_decoder_said as said
from explorer.ui.lessons import encoder_decoder_words as words
from explorer.ui.lessons.encoder_decoder import SIZES, Asked, Result
from explorer.ui.stage import stage


def sizes_part(asked: Asked) -> Result:
    """Follow one side of the input through the U, or say where it breaks."""
    fits = live.compute("sizes that fit", valid_sizes, *SIZES[:2], padded=asked.padded)
    proof = live.compute("proof", proofs.prove_sizes, fits, padded=asked.padded)
    try:
        sizes = unet_sizes(asked.size, padded=asked.padded)
    except ValueError as error:
        nearest = sorted(fits, key=lambda size: abs(size - asked.size))[:2]
        st.warning(said.no_size(str(error), nearest), icon=":material/straighten:")
        sizes = unet_sizes(nearest[0], padded=asked.padded)
    _show(sizes)
    st.markdown(said.size_words(sizes))
    return Result((proof,), _numbers(sizes))


def _show(sizes: UNetSizes) -> None:
    diagram = sizes_diagram(sizes)
    stage(
        diagram.base(),
        key="encdec_sizes",
        alt=f"U-Net's maps for an input of {sizes.size} px, as squares to scale",
        program={
            "name": "diagram",
            **diagram.data(),
            "chosen": -1,
            "text": 18.0,
            "hint": words.SIZES_HINT,
        },
        max_height_px=480,
    )


def _numbers(sizes: UNetSizes) -> dict[str, object]:
    rows = [
        [x.level, x.entering, x.skip, x.raised or 0, *x.cut, x.left]
        for x in sizes.levels
    ]
    return {"sizes": rows}
