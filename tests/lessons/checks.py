"""All checks of a lesson. Each takes a lesson and what the course shares, and returns messages: none means well."""

from collections.abc import Callable

from . import form, listings, metadata, order, prose
from .notebook import Course, Lesson

CHECKS: tuple[Callable[[Lesson, Course], list[str]], ...] = (
    form.check_executed,
    form.check_normal,
    form.check_outputs,
    form.check_paths,
    form.check_size,
    form.check_ids,
    form.check_setup,
    form.check_figures,
    order.check_title,
    order.check_core,
    order.check_last_headings,
    order.check_claims,
    order.check_exercises,
    order.check_questions,
    order.check_labels,
    prose.check_passages,
    prose.check_sentences,
    prose.check_words,
    prose.check_boxes,
    prose.check_terms,
    listings.check_length,
    listings.check_frameworks,
    listings.check_names,
    metadata.check_metadata,
    metadata.check_objectives,
)


def check(lesson: Lesson, course: Course) -> list[str]:
    """The messages of all checks."""
    return [message for function in CHECKS for message in function(lesson, course)]
