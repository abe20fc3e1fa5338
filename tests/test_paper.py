"""Tables as they stand on paper, whatever a notebook shows."""

import pandas as pd
import pytest
from docutils import nodes

from balancelib.course.paper import fit, tables_in

HEADED = pd.DataFrame({"学校": ["一小", "二小"], "册": [1, 2]})


@pytest.mark.parametrize(
    ("html", "columns", "rows"),
    [
        (HEADED.to_html(index=False), 2, 2),
        (HEADED.head(0).to_html(index=False), 2, 0),
        (HEADED.to_html(index=False, header=False), 2, 2),
        ("<table><tr><th>学校</th></tr><tr><td>一小</td></tr></table>", 1, 2),
    ],
    ids=["headed", "no rows", "no head", "no parts"],
)
def test_any_table_can_be_fitted(html, columns, rows):
    """A lesson may list the schools that lack something, and in a good county there is none."""
    (table,) = tables_in(html)
    section = nodes.section("", table)
    fit(table)
    assert [type(part) for part in section if isinstance(part, nodes.table)] == [nodes.table]
    assert len(list(table.findall(nodes.colspec))) == columns
    body = table.next_node(nodes.tbody)
    assert [len(row) for row in body.findall(nodes.row)] == [columns] * rows


def test_a_table_without_cells_is_none():
    assert tables_in("<table></table><table><tr></tr></table>") == []
