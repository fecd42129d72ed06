"""Lesson: which regions are worth a look?"""

from explorer.core.graph_segmentation import pixel_graph, segment_graph
from explorer.core.merge_tree import group_regions
from explorer.core.proof import Proof
from explorer.core.proposal_recall import best_overlaps
from explorer.core.regions import color_histograms, texture_histograms
from explorer.core.selective_search import FAST, ranked_boxes, selective_search
from explorer.ui.controls import choose
from explorer.ui.imagebar import image_bar
from explorer.ui.lesson import Question, body, close_lesson, controls, open_lesson
from explorer.ui.lessons import selective_boxes as second
from explorer.ui.lessons import selective_search as lesson
from explorer.ui.lessons import selective_words as words

open_lesson("selective_search")
picture = image_bar(default="coffee")


@body
def explore() -> None:
    """Show the controls, and what they lead to."""
    with controls():
        tree = choose("Part", words.PARTS, key="part") == words.PARTS[0]
        eight = not tree and lesson.all_eight()
        strategy = None if eight else lesson.settings()

    grouping, found, proof = None, None, list[Proof]()
    if tree and strategy:
        grouping = lesson.grouped(picture, strategy)
        lesson.show_tree(picture, grouping)
        proof = lesson.prove_tree(grouping)
    elif eight or strategy:
        found = second.search(picture, FAST if strategy is None else (strategy,))
        event = second.show_boxes(picture, found)
        second.curves()
        proof = second.prove(found, event)
    words.glossary()

    close_lesson(
        code=(
            selective_search,
            pixel_graph,
            segment_graph,
            color_histograms,
            texture_histograms,
            group_regions,
            ranked_boxes,
            best_overlaps,
        ),
        proof=proof,
        predict=Question(*words.QUESTION),
        numbers=lesson.numbers(grouping) | second.numbers(found),
        sources=words.SOURCES,
    )


explore()
