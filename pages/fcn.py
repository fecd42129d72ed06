"""Lesson: why skips, FCN-32s, 16s and 8s?"""

from explorer.core.confusion import class_iou, confusion_matrix
from explorer.core.fusion import double, enlarge, fuse_steps
from explorer.core.pixel_loss import cross_entropy
from explorer.core.proof import Proof
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import fcn as lesson
from explorer.ui.lessons import fcn_results as results
from explorer.ui.lessons import fcn_words as words
from explorer.ui.lessons.fcn_fusion import fusion

open_lesson("fcn")
picture = image_bar(default="street")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        asked = lesson.settings(picture)

    net, proof = None, list[Proof]()
    if asked is not None:
        nets = lesson.networks(picture, asked)
        net = lesson.opened(nets, asked)
        if net is not None:
            loss = lesson.side_by_side(picture, nets, net, asked)
            sums = fusion(picture, net)
            results.scores(nets, asked)
            results.measured(net, asked)
            results.full_size(picture, net)
            proof = results.prove(net, asked, loss) + sums
    words.glossary()

    close_lesson(
        code=(
            fuse_steps,
            double,
            enlarge,
            cross_entropy,
            confusion_matrix,
            class_iou,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=results.numbers(net),
        sources=words.SOURCES,
    )


explore()
