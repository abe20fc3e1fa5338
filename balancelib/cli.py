"""The command ``balancelib``: exit 0 done, 1 the input is at fault, 2 wrong usage."""

import argparse
import gc
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import balancelib

DONE, AT_FAULT, WRONG_USAGE = 0, 1, 2
_USAGE_ERRORS = (
    (r"the following arguments are required: (.+)", "缺少：{}"),
    (r"unrecognized arguments: (.+)", "不认识的参数：{}"),
    (r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.+)\)", "{}没有“{}”这个选择，可选：{}"),
    (r"argument (\S+): invalid int value: '(.+)'", "{}要整数，现在是“{}”"),
    (r"argument (\S+): expected (?:one|at least one) argument", "{}后面缺少内容"),
)


class Refused(Exception):  # noqa: N818  not a fault of the program
    """The command cannot be done as asked: its exit code and message."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, allow_abbrev=False, **options)
        self._positionals.title, self._optionals.title = "内容", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这些说明")

    def error(self, message: str) -> NoReturn:
        for pattern, chinese in _USAGE_ERRORS:
            if found := re.fullmatch(pattern, message):
                message = chinese.format(*found.groups())
                break
        self.exit(WRONG_USAGE, f"{message}\n{self.format_usage()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a Windows console may lack a sign such as √
    options = _parser().parse_args(arguments)
    gc.disable()  # it would walk the millions of cells of a large county again and again: a quarter of the time
    try:
        return options.run(options)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.code
    finally:
        gc.enable()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="balancelib", description="县域义务教育均衡发展：从一个县的数据到官方标准的判定。")
    parser.add_argument("--version", action="version", version=balancelib.__version__, help="显示版本")
    commands = parser.add_subparsers(metavar="命令", required=True, dest="命令", parser_class=_Parser)

    sample = _command(commands, "sample", _sample, "生成一个合成县：CSV表和一个工作簿")
    sample.add_argument(
        "--seed", type=int, default=7, metavar="整数", help="随机种子，同一种子得到同一个县（默认7）"
    )
    sample.add_argument("--schools", type=int, default=60, metavar="N", help="学校数（默认60）")
    sample.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪个文件夹")

    template = _command(commands, "template", _template, "写一个空的填报工作簿")
    template.add_argument("path", type=Path, metavar="文件.xlsx", help="写到哪里")

    check = _command(commands, "check", _check, "检查数据，一次列出所有问题")
    check.add_argument("path", type=Path, metavar="路径", help="工作簿，或CSV文件夹")
    check.add_argument("--previous", type=Path, metavar="路径", help="上一年的数据，用来找变化过大的数")
    check.add_argument("--json", type=Path, metavar="文件", help="把问题清单写成JSON；“-”写到屏幕")

    assess = _command(commands, "assess", _assess, "按官方标准判定")
    assess.add_argument("path", type=Path, metavar="路径", help="工作簿，或CSV文件夹")
    assess.add_argument(
        "--standard", default="quality-2017", metavar="名称或文件.toml", help="标准（默认quality-2017）"
    )
    assess.add_argument(
        "--relax", nargs="+", action="extend", default=[], metavar="条款", help="使用哪些放宽条款"
    )
    assess.add_argument(
        "--rounding",
        choices=("none", "form"),
        default="none",
        help="form：先按申报表的小数位四舍五入再比（默认none）",
    )
    assess.add_argument("--county", metavar="县区代码", help="数据有几个县时，只看这一个")
    assess.add_argument("--explain", metavar="指标", help="逐校列出这项指标差异系数的算法")
    assess.add_argument("--json", type=Path, metavar="文件", help="把完整结果写成JSON；“-”写到屏幕")
    return parser


def _command(commands: Any, name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _sample(options: argparse.Namespace) -> int:
    from balancelib.county.sample import sample_county  # noqa: PLC0415  each command loads what it needs
    from balancelib.county.write import write_csv, write_workbook  # noqa: PLC0415

    try:
        county = sample_county(options.seed, options.schools)
    except ValueError as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    with _writing(options.out):
        for path in [
            *write_csv(county.tables, options.out),
            write_workbook(options.out / "county.xlsx", county.tables),
        ]:
            print(path)
    print("这是合成数据，不对应任何真实的县和学校。")
    return DONE


def _template(options: argparse.Namespace) -> int:
    from balancelib.county.write import write_workbook  # noqa: PLC0415

    if options.path.suffix.lower() != ".xlsx":
        raise Refused(WRONG_USAGE, f"{options.path}：文件名要以.xlsx结尾")
    with _writing(options.path):
        write_workbook(options.path)
    print(f"已写好{options.path}。先看“填表说明”，再填“学校”表。")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.county.tables import read_county  # noqa: PLC0415

    try:
        found = read_county(options.path, options.previous).warnings
    except InputError as error:
        found = error.faults
    faults = [fault for fault in found if fault.severity == "fault"]
    if options.json is not None:
        _write_json(options.json, [found])
    if options.json is None or str(options.json) != "-":
        _print_faults(found, sys.stdout)
    return AT_FAULT if faults else DONE


def _print_faults(found: Iterable[Any], stream: Any) -> None:
    by_severity = {"fault": [], "warning": []}
    for fault in found:
        by_severity[fault.severity].append(str(fault))
    faults, warnings = by_severity["fault"], by_severity["warning"]
    for title, lines in (("错误（必须改正）", faults), ("提醒（请核实）", warnings)):
        if lines:
            print(f"{title}：{len(lines)}处", *lines, sep="\n  ", file=stream)
    if not faults:
        print("没有错误，可以判定。", file=stream)


def _assess(options: argparse.Namespace) -> int:
    from balancelib.assess import assess, explain, overview, rows_of, summary, table  # noqa: PLC0415
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.county.tables import read_county  # noqa: PLC0415

    standard = _standard(options)
    try:
        county = read_county(options.path)
    except InputError as error:
        _print_faults(error.faults, sys.stderr)
        return AT_FAULT
    result = assess(county, standard, options.relax, options.rounding)
    several = isinstance(result, list)
    verdicts = _chosen(result, options.county) if several else [result]
    if options.json is not None:
        _write_json(options.json, (verdict.to_dict() for verdict in verdicts), several)
        if str(options.json) == "-":
            return DONE
    if len(verdicts) > 1:
        print(table(rows_of(overview(verdicts))))
        print("\n看一个县的详情：加上 --county 县区代码")
    else:
        print(summary(verdicts[0]), end="\n\n")
    if options.explain and len(verdicts) == 1:
        print(*(explain(verdicts[0], options.explain, stage) for stage in verdicts[0].stages), sep="\n\n")
    if county.warnings:
        print(f"数据里有{len(county.warnings)}处提醒，用 balancelib check 查看。")
    return DONE


def _chosen(verdicts: list[Any], county_id: str | None) -> list[Any]:
    chosen = [verdict for verdict in verdicts if county_id in (None, verdict.county_id)]
    if not chosen:
        known = "、".join(verdict.county_id for verdict in verdicts[:10]) + (
            "……" if len(verdicts) > 10 else ""
        )
        raise Refused(WRONG_USAGE, f"数据里没有县区代码{county_id}；有：{known}")
    return chosen


def _standard(options: argparse.Namespace) -> Any:
    from balancelib.standards import StandardError, bundled, load_standard  # noqa: PLC0415

    if not options.standard.endswith(".toml") and options.standard not in bundled():
        known = "、".join(bundled())
        raise Refused(
            WRONG_USAGE, f"没有名为{options.standard}的标准；自带的有{known}，省标准请给出.toml文件"
        )
    try:
        standard = load_standard(options.standard)
        from balancelib.county.terms import check_fields  # noqa: PLC0415

        check_fields(standard)
    except StandardError as error:
        raise Refused(AT_FAULT, str(error)) from None
    known = {relaxation.key: relaxation.label for relaxation in standard.relaxations}
    for key in options.relax:
        if key not in known:
            listed = "；".join(f"{k}（{label}）" for k, label in known.items()) or "（无）"
            raise Refused(WRONG_USAGE, f"没有放宽条款{key}；可用的有：{listed}")
    if options.explain and options.explain not in (indicators := [i.key for i in standard.indicators]):
        raise Refused(WRONG_USAGE, f"没有指标{options.explain}；可用的有：{'、'.join(indicators)}")
    return standard


def _write_json(path: Path, objects: Iterable[Any], many: bool = False) -> None:
    """Write objects one after the other, as a list where there are ``many``, whole or not at all."""
    import msgspec  # noqa: PLC0415

    from balancelib.county.files import whole_or_absent  # noqa: PLC0415

    def pieces() -> Iterable[bytes]:
        yield b"[" if many else b""
        for i, item in enumerate(objects):
            yield (b",\n" if i else b"") + msgspec.json.encode(item)
        yield b"]\n" if many else b"\n"

    if str(path) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces())
        return
    with _writing(path), whole_or_absent(path) as temporary, temporary.open("wb") as file:
        file.writelines(pieces())


class _writing:  # noqa: N801  reads as a phrase: with _writing(path)
    """Turn a failure to write into a message."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError):
            raise Refused(
                WRONG_USAGE, f"写不进{self.path}：{error.strerror}。请关闭正在使用它的程序，检查权限"
            ) from None
