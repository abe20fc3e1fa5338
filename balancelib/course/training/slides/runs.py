"""The parts of a point, bold and not."""

from balancelib.course.training.slides.myst import BOLD, PLAIN


def runs(text: str) -> list[tuple[str, bool]]:
    r"""Return the parts of a text, and whether each is bold.

    Examples
    --------
    >>> runs("平常\x01要紧\x02。")
    [('平常', False), ('要紧', True), ('。', False)]
    """
    first, *others = text.split(BOLD)
    found = [(first, False)]
    for part in others:
        bold, _, after = part.partition(PLAIN)
        found += [(bold, True), (after, False)]
    return [(said, bold) for said, bold in found if said]
