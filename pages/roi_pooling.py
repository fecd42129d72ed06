"""Lesson: how to crop features of any size to one size?"""

import streamlit as st

from explorer.core.proof import Proof
from explorer.core.roi import roi_pool_steps
from explorer.core.roi_align import roi_align_steps, roi_resize_steps
from explorer.core.roi_gradient import roi_pool_gradient, roi_samples_gradient
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import roi_pooling as lesson
from explorer.ui.lessons import roi_words as words

open_lesson("roi_pooling")
picture = image_bar(default="astronaut")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        by_hand = choose("Part", lesson.PARTS, key="part") == lesson.PARTS[1]
        stride, channel = (0, 0) if by_hand else lesson.level()
        settings = lesson.settings(by_hand)

    found, proof = None, list[Proof]()
    if by_hand:
        aside, main = st.columns([1.3, 4], gap="medium")
        with aside:
            scene = lesson.hand_scene()
    else:
        main = st.container()
        scene = lesson.photo_scene(picture, stride, channel)
    if scene is not None:
        with main:
            box, event = lesson.show(scene, settings)
        found = lesson.pooled(scene, box, settings)
        lesson.explain(scene, found, settings)
        proof = lesson.prove(scene, found, settings, event)
    words.glossary()

    close_lesson(
        code=(
            roi_pool_steps,
            roi_align_steps,
            roi_resize_steps,
            roi_pool_gradient,
            roi_samples_gradient,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(scene, found),
        sources=words.SOURCES,
    )


explore()
