"""Questions of the picture world by level and split, for the tests that look at many of them."""

from mmcourse.data import world

COLUMNS = ["scene", "question", "answer", "kind"]


def rows(counts: dict[tuple[int, str], int]) -> dict[tuple[int, str], list[tuple[world.Scene, str, str, str]]]:
    """For each (level, split) so many rows of scene, question, answer and kind."""
    table = {}
    for (level, split), count in counts.items():
        columns = world.questions(count, seed=level, split=split, level=level)
        assert list(columns) == COLUMNS
        assert {len(values) for values in columns.values()} == {count}
        table[level, split] = list(zip(*columns.values(), strict=True))
    return table
