"""The figure of growth shows and says the runs it is given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import growth_lines

RUNS = pd.DataFrame(
    {
        "way": ["DuckDB", "DuckDB", "DuckDB", "Polars", "Polars", "Polars"],
        "rows": [1_000_000, 5_000_000, 20_000_000] * 2,
        "seconds": [0.4, 1.5, 6.0, 0.5, 2.0, 9.0],
    }
)


def test_lines_are_the_runs_beside_what_is_proportional():
    axes = growth_lines(RUNS)
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert lines["DuckDB"].get_xydata().tolist() == [[1, 0.4], [5, 1.5], [20, 6]]
    assert lines["Polars"].get_ydata().tolist() == [0.5, 2, 9]
    assert lines["正比"].get_ydata() == pytest.approx([0.3, 1.5, 6])
    assert len({line.get_marker() for line in lines.values()}) == 3
    assert (
        "DuckDB从0.4秒到6.0秒，行数是20倍，用时是15倍；Polars从0.5秒到9.0秒" in axes.figure.alternative_text
    )
    plt.close(axes.figure)
