"""Lesson: how do 30 images become 30,000?"""

import streamlit as st

from explorer.core.elastic import coarse_displacement, elastic_steps, warp
from explorer.core.elastic_fields import smooth_noise
from explorer.core.elastic_mask import folded, mix_labels
from explorer.core.topology import topology
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import elastic_deformation as lesson
from explorer.ui.lessons import elastic_views as views
from explorer.ui.lessons import elastic_words as words
from explorer.ui.lessons.elastic_check import prove
from explorer.ui.lessons.elastic_masks import masked

FIELDS = {True: (elastic_steps, smooth_noise), False: (coarse_displacement,)}

open_lesson("elastic_deformation")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        choice = lesson.mask_choice(picture)
        asked = lesson.settings(picture)
    scene = masked(picture, choice)

    event = lesson.show(picture, scene, asked)
    st.caption(words.source_words(scene))
    bent = lesson.bend(scene, asked)
    views.working(scene, asked, bent)
    views.sheet(picture, scene, asked)
    views.how_far(asked, bent)
    words.words()

    close_lesson(
        code=(*FIELDS[asked.smooth], warp, mix_labels, folded, topology),
        proof=prove(scene, asked, bent, event),
        predict=Question(*words.QUESTION),
        numbers={
            "field": bent.field,
            "photo": bent.image,
            "mask_before": scene.mask,
            "mask_after": bent.mask,
        },
        sources=words.SOURCES,
    )


explore()
