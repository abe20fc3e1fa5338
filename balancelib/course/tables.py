"""Tables of words in the book."""

import pandas as pd
from IPython.display import Markdown

SOURCE = "出处"


def as_table(frame: pd.DataFrame) -> Markdown:
    """Show a frame of texts, without its index, as a table that is set like the book's own.

    Where every row has the same source, it stands once below the table.
    """
    below = ""
    if SOURCE in frame and frame[SOURCE].nunique() == 1:
        below = f"\n\n{SOURCE}：{frame[SOURCE].iloc[0]}。"
        frame = frame.drop(columns=SOURCE)
    return Markdown(frame.to_markdown(index=False, disable_numparse=True) + below)
