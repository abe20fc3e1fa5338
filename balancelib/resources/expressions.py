"""Sums that people write in a file of rules, worked out column by column: arithmetic and nothing else."""

import ast
import operator
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

LONGEST = 300  # letters
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.USub: operator.neg,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_PARTS = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.And, ast.Load, *_OPERATORS)


def fault(expression: str, known: Collection[str]) -> str | None:
    """Say in Chinese why an expression is refused; None if it is not.

    Examples
    --------
    >>> fault("training / budget", {"training", "budget"})
    >>> fault("open('x')", {"open"})
    "式子open('x')里只能有名字、数、加减乘除、比较、and和log()"
    """
    if len(expression) > LONGEST:
        return f"式子太长，最多{LONGEST}个字"
    try:
        body = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return f"读不懂式子{expression}"
    nodes = list(ast.walk(body))
    if not all(map(_is_allowed, nodes)):
        return f"式子{expression}里只能有名字、数、加减乘除、比较、and和log()"
    unknown = sorted(names(expression) - set(known))
    return f"没有{'、'.join(unknown)}这样的数；有{'、'.join(known)}" if unknown else None


def names(expression: str) -> set[str]:
    """Return the names of the numbers that an expression asks for.

    Examples
    --------
    >>> sorted(names("log(training) / budget"))
    ['budget', 'training']
    """
    return {
        node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)
    } - {"log"}


def _is_allowed(node: ast.AST) -> bool:
    match node:
        case ast.Constant():
            return type(node.value) in (int, float)
        case ast.Call():
            named = isinstance(node.func, ast.Name) and node.func.id == "log"
            return named and len(node.args) == 1 and not node.keywords
        case ast.Compare():
            return len(node.ops) == 1
        case ast.Name():
            return True
    return isinstance(node, _PARTS)


def evaluate(expression: str, table: pd.DataFrame) -> pd.Series:
    """Work out an expression, one that `fault` does not refuse, for all rows.

    Examples
    --------
    >>> evaluate("log(a) + 2 * -b", pd.DataFrame({"a": [1.0], "b": [3]})).tolist()
    [-6.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = _value(ast.parse(expression, mode="eval").body, table)
    return value if isinstance(value, pd.Series) else pd.Series(value, table.index)


def _value(node: ast.AST, table: pd.DataFrame) -> Any:
    match node:
        case ast.Constant():
            return float(node.value)
        case ast.Name():
            return table[node.id].astype(float)
        case ast.Call():
            return np.log(_value(node.args[0], table))
        case ast.BoolOp():
            return np.logical_and.reduce([_value(part, table) for part in node.values])
        case ast.UnaryOp():
            sign, parts = node.op, [node.operand]
        case ast.BinOp():
            sign, parts = node.op, [node.left, node.right]
        case ast.Compare():
            sign, parts = node.ops[0], [node.left, *node.comparators]
    return _OPERATORS[type(sign)](*(_value(part, table) for part in parts))
