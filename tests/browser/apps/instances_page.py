"""The stage of the lesson on Mask R-CNN with instances that no training decides."""

import numpy as np
import streamlit as st

from explorer.core.samples import load_sample
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import proof_text
from explorer.ui.lessons import mask_found, mask_stage, mask_swap
from explorer.ui.stage.scrubber import scrubber
from tests.ui import mask_cases


def found(image: np.ndarray, align: bool) -> mask_found.Found:
    seen = mask_cases.answer_masks(image, align)
    return mask_found.Found(
        seen["boxes"],
        seen["scores"],
        tuple(seen["labels"].tolist()),
        seen["label_rows"],
        seen["mask_logits"],
        mask_cases.CLASSES,
        True,
        3,
    )


def main() -> None:
    st.set_page_config(layout="wide")
    st.session_state["_lesson"] = "mask_rcnn"
    image = np.ascontiguousarray(load_sample("astronaut").image[:400])
    picture = Picture(image, "own", live.digest(image))
    if st.query_params.get("view") == "swap":
        one, other = found(image, True), found(image, False).own
        chosen = mask_stage.choice("swap_stage", picture, one)
        rounded = mask_swap.rounded_boxes(picture, one.boxes)
        event = mask_stage.show(
            "swap_stage", picture, one, chosen, other=other, rounded=rounded
        )
        tag = mask_stage.tag_of(picture, one, "swap", other)
        runs = "poolRuns"
        probs = mask_found.pasted(picture, found(image, False))
    else:
        one = found(image, True)
        chosen = mask_stage.choice("mask_stage", picture, one)
        scrubber("Pasting", 4, key="mask_scrub", start=4)
        event = mask_stage.show("mask_stage", picture, one, chosen, frames="mask_scrub")
        tag, runs = mask_stage.tag_of(picture, one, "paste"), "runs"
        probs = mask_found.pasted(picture, one)
    for proof in mask_stage.prove_browser(event, tag, probs, runs):
        st.markdown(proof_text(proof))
    st.text(f"chosen {chosen.picked} at {chosen.cut:.2f} class {chosen.shown}")


if __name__ == "__main__":
    main()
