"""Digits of amounts: what they tell an auditor, and when they tell nothing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

BENFORD = np.log10(1 + 1 / np.arange(1, 10))
FEWEST_FIRST, FEWEST_LAST = 300, 50  # amounts; the last: five expected of each digit, as chi-squared needs
SPREAD = 30  # between the 5th and the 95th percentile: a log-normal sample of less keeps off Benford's law
SHORTEST = 100  # a shorter number's last digit is nearly its first
CLOSENESS = ((0.006, "很接近"), (0.012, "可以接受"), (0.015, "勉强可以接受"), (np.inf, "不符合"))
A_HINT = "数字检验只提示从哪里查起；不符合不等于造假，符合也不等于没有问题。"


class DigitTest(NamedTuple):
    """Digits counted and compared; where the amounts are no matter for it, nothing is judged and ``limits`` says why."""

    n: int
    counts: np.ndarray
    expected: np.ndarray
    statistic: float
    p_value: float
    mad: float
    verdict: str
    limits: str


def first_digits(amounts: ArrayLike, *, by_formula: bool = False) -> DigitTest:
    r"""Compare first digits with Benford's law (首位数字检验).

    .. math::
        P(d) = \log_{10}(1 + 1/d), \qquad \mathrm{MAD} = \tfrac19 \sum_d |n_d / n - P(d)|

    Parameters
    ----------
    amounts : array_like, shape (n,)
        In one unit; those that are 0 are left out.
    by_formula : bool
        Whether a quota makes them, such as pupils times 元: then they follow the sizes of schools, not Benford's law.

    Returns
    -------
    DigitTest
        ``counts`` and ``expected`` of the digits 1 to 9; chi-squared ``statistic`` and ``p_value``; ``mad`` and its class in ``verdict``. Not
        judged (NaN, ``"不判断"``): amounts by formula, fewer than 300 of them, or a 95th percentile less than 30 times the 5th.

    Raises
    ------
    ValueError
        Amounts that are negative or not finite.

    Notes
    -----
    Unit of analysis: the amount. Source: Nigrini (2012), Benford's Law, Wiley, for the classes of the mean absolute deviation and the number of
    amounts; Formann (2010), "The Newcomb–Benford Law in Its Relation to Some Common Distributions", PLoS ONE 5(5), for the spread.

    Examples
    --------
    >>> first_digits([720 * pupils for pupils in range(50, 800)], by_formula=True).verdict
    '不判断'
    """
    amounts = _amounts(amounts)
    amounts = amounts[amounts > 0]
    reasons = ["这些数由定额算出，跟着学生数走，本来就不服从本福特定律"] if by_formula else []
    if len(amounts) < FEWEST_FIRST:
        reasons.append(f"只有{len(amounts)}个数，少于{FEWEST_FIRST}个")
    elif np.quantile(amounts, 0.95) < SPREAD * np.quantile(amounts, 0.05):
        reasons.append(f"大小相差不到{SPREAD}倍，首位数字受范围限制")
    digits = np.array([int(f"{amount:.15e}"[0]) for amount in amounts], dtype=int)
    counts = np.bincount(digits, minlength=10)[1:]
    mad = float(np.abs(counts / max(len(amounts), 1) - BENFORD).mean())
    return _tested(counts, BENFORD, reasons, mad, next(word for end, word in CLOSENESS if mad <= end))


def last_digits(amounts: ArrayLike) -> DigitTest:
    """Compare the last digits of whole 元 with an even spread (末位数字检验).

    Parameters
    ----------
    amounts : array_like, shape (n,)
        In 元; what is under 100 is left out, and so are 角 and 分.

    Returns
    -------
    DigitTest
        ``counts`` and ``expected`` of the digits 0 to 9; chi-squared ``statistic`` and ``p_value``; ``verdict`` at 1 %. Not judged: fewer than 50 amounts.

    Raises
    ------
    ValueError
        As `first_digits`.

    Notes
    -----
    Unit of analysis: the amount. Round prices, and quotas that are multiples of ten, end in 0 for good reasons. Source: Mosimann, Wiseman and Edelman
    (1995), "Data Fabrication: Can People Generate Random Digits?", Accountability in Research 4(1); five expected of each: Cochran (1954).

    Examples
    --------
    >>> last_digits([1230, 4560, 7890] * 20).verdict
    '末位不均匀'
    """
    amounts = np.floor(_amounts(amounts))
    amounts = amounts[amounts >= SHORTEST]
    counts = np.bincount((amounts % 10).astype(int), minlength=10)
    reasons = (
        []
        if len(amounts) >= FEWEST_LAST
        else [f"只有{len(amounts)}个数，少于{FEWEST_LAST}个，每个数字不够5次"]
    )
    test = _tested(counts, np.full(10, 0.1), reasons, np.nan, "")
    return test if reasons else test._replace(verdict="末位不均匀" if test.p_value < 0.01 else "看不出反常")


class RoundAmounts(NamedTuple):
    """How many amounts there are, how many are round, and how probable so many or more are by chance."""

    n: int
    round: int
    p_value: float


def round_amounts(amounts: ArrayLike, unit: int = 1000) -> RoundAmounts:
    r"""Ask whether more amounts are whole multiples than chance explains (整数金额检验).

    .. math::
        p = P(X \ge k), \qquad X \sim \mathrm{Binomial}(n, 1/u)

    Parameters
    ----------
    amounts : array_like, shape (n,)
        In 元; what is under ``unit`` is left out.
    unit : int
        What they are multiples of, in 元.

    Returns
    -------
    RoundAmounts
        Exact for any number of amounts.

    Raises
    ------
    ValueError
        As `first_digits`.

    Notes
    -----
    Unit of analysis: the amount. The chance of ``1/unit`` holds for what is paid by invoice; estimates, quotas and contracts are round for good
    reasons. Source: Nigrini (2012), Benford's Law, Wiley, on number duplication and rounding.

    Examples
    --------
    Two of three: 3 × 0.001² × 0.999 + 0.001³.

    >>> round_amounts([12_000, 5_000, 7_321])
    RoundAmounts(n=3, round=2, p_value=2.998e-06)
    """
    from scipy import stats  # noqa: PLC0415  heavy: only where it is used

    amounts = _amounts(amounts)
    amounts = amounts[amounts >= unit]
    k = int((amounts % unit == 0).sum())
    return RoundAmounts(len(amounts), k, round(float(stats.binom.sf(k - 1, len(amounts), 1 / unit)), 15))


def _tested(
    counts: np.ndarray, shares: np.ndarray, reasons: list[str], mad: float, verdict: str
) -> DigitTest:
    from scipy import stats  # noqa: PLC0415  heavy: only where it is used

    n = int(counts.sum())
    if reasons:
        return DigitTest(
            n, counts, n * shares, np.nan, np.nan, np.nan, "不判断", f"{'；'.join(reasons)}，所以不判断。"
        )
    statistic, p_value = stats.chisquare(counts, n * shares)
    return DigitTest(n, counts, n * shares, float(statistic), float(p_value), mad, verdict, A_HINT)


def _amounts(amounts: ArrayLike) -> np.ndarray:
    array = np.asarray(amounts, dtype=float).ravel()
    if not ((array >= 0) & np.isfinite(array)).all():
        raise ValueError("金额里有空值、负数或无穷大")
    return array
