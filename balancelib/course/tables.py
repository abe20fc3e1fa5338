"""Tables of words in the book."""

import pandas as pd
from IPython.display import Markdown


def as_table(frame: pd.DataFrame) -> Markdown:
    """Show a frame of texts, without its index, as a table that is set like the book's own."""
    return Markdown(frame.to_markdown(index=False, disable_numparse=True))
