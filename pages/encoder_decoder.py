"""Lesson: pass indices or pass features?"""

from explorer.core.label_change import label_changes
from explorer.core.unet_sizes import unet_sizes
from explorer.core.unpooling import max_pool, max_unpool
from explorer.models.switched import unet_columns_removed, unet_variants
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import encoder_decoder as lesson
from explorer.ui.lessons import encoder_decoder_words as words
from explorer.ui.lessons.encoder_decoder_inside import inside_part
from explorer.ui.lessons.encoder_decoder_same import same_part
from explorer.ui.lessons.encoder_decoder_sizes import sizes_part
from explorer.ui.lessons.encoder_decoder_switch import switch_part

open_lesson("encoder_decoder")
picture = image_bar()


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        asked = lesson.ask(picture)

    if asked.part == words.PARTS[0]:
        result = same_part(picture, asked)
    elif asked.part == words.PARTS[1]:
        result = inside_part(picture, asked)
    elif asked.part == words.PARTS[2]:
        result = switch_part(picture, asked)
    else:
        result = sizes_part(asked)
    words.words()

    close_lesson(
        code=(
            max_pool,
            max_unpool,
            unet_variants,
            unet_columns_removed,
            label_changes,
            unet_sizes,
        ),
        proof=result.proofs if result else (),
        predict=Question(*words.QUESTION),
        numbers=result.numbers if result else None,
        sources=words.SOURCES,
    )


explore()
