"""The command ``balancelib``: exit 0 done, 1 the input is at fault, 2 wrong usage."""

import argparse
import contextlib
import gc
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

import balancelib
from balancelib.console import Unwritable, output, prepare, say
from balancelib.text import shown, shown_path, why

DONE, AT_FAULT, WRONG_USAGE = 0, 1, 2
INTERRUPTED = 130  # as a shell reports Ctrl-C
_USAGE_ERRORS = (
    (r"the following arguments are required: (?P<known>.+)", "缺少：{known}"),
    (r"unrecognized arguments: (?P<given>.+)", "不认识的参数：{given}"),
    (
        r"argument (?P<known>\S+): invalid choice: '?(?P<given>.*?)'? \(choose from (?P<choices>.+)\)",
        "{known}没有“{given}”这个选择，可选：{choices}",
    ),
    (
        r"argument (?P<known>\S+): invalid int value: '(?P<given>.+)'",
        "{known}要整数，现在是“{given}”",
    ),
    (r"argument (?P<known>\S+): expected (?:one|at least one) argument", "{known}后面缺少内容"),
    (r"argument (?P<known>\S+): ignored explicit argument '(?P<given>.*)'", "{known}后面不带内容“{given}”"),
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
        said = "命令写得不对"
        for pattern, chinese in _USAGE_ERRORS:
            if found := re.fullmatch(pattern, message, re.DOTALL):
                groups = found.groupdict()
                said = chinese.format(**groups | {"given": shown(groups.get("given", ""))})
                break
        self.exit(WRONG_USAGE, f"{said}\n{self.format_usage()}")

    def _print_message(self, message: str, file: TextIO | None = None) -> None:
        if message:
            say(message, to=file or sys.stderr, end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    gc.disable()  # it would walk the millions of cells of a large county again and again: a quarter of the time
    try:
        prepare()
        options = _parser().parse_args(arguments)
        return options.run(options)
    except Refused as refused:
        code, message = refused.code, str(refused)
    except Unwritable as error:
        code, message = WRONG_USAGE, f"结果写不出来：{error}"
    except KeyboardInterrupt:
        code, message = INTERRUPTED, "已中断"
    finally:
        gc.enable()
    with contextlib.suppress(Unwritable):
        say(message, to=sys.stderr)
    return code


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
    _add_judged(assess)
    assess.add_argument(
        "--rounding",
        choices=("none", "form"),
        default="none",
        help="form：先按申报表的小数位四舍五入再比（默认none）",
    )
    assess.add_argument("--explain", metavar="指标", help="逐校列出这项指标差异系数的算法")
    assess.add_argument("--json", type=Path, metavar="文件", help="把完整结果写成JSON；“-”写到屏幕")

    report = _command(commands, "report", _report, "写一份自评报告")
    _add_judged(report)
    report.add_argument("--out", type=Path, required=True, metavar="文件.html", help="写到哪里")
    report.set_defaults(explain=None, json=None)
    return parser


def _add_judged(parser: argparse.ArgumentParser) -> None:
    """Add what the commands ask that judge a county: which data, by which rules."""
    parser.add_argument("path", type=Path, metavar="路径", help="工作簿，或CSV文件夹")
    parser.add_argument(
        "--standard", default="quality-2017", metavar="名称或文件.toml", help="标准（默认quality-2017）"
    )
    parser.add_argument(
        "--relax", nargs="+", action="extend", default=[], metavar="条款", help="使用哪些放宽条款"
    )
    parser.add_argument("--county", metavar="县区代码", help="数据有几个县时，只看这一个")


def _command(commands: Any, name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _sample(options: argparse.Namespace) -> int:
    from balancelib.county.files import all_or_none  # noqa: PLC0415  each command loads what it needs
    from balancelib.county.sample import sample_county  # noqa: PLC0415
    from balancelib.county.write import write_csv, write_workbook  # noqa: PLC0415

    if options.seed < 0:
        raise Refused(WRONG_USAGE, f"--seed要不小于0的整数，现在是“{options.seed}”")
    try:
        county = sample_county(options.seed, options.schools)
    except ValueError as error:
        raise Refused(WRONG_USAGE, str(error)) from None
    with _writing(options.out):
        _keep_real_data(options.out, county.schools["county"].iloc[0])
        with all_or_none(options.out) as folder:
            paths = [*write_csv(county.tables, folder), write_workbook(folder / "county.xlsx", county.tables)]
    say(*(shown_path(options.out / path.name) for path in paths), "这是合成数据，不对应任何真实的县和学校。")
    return DONE


def _keep_real_data(folder: Path, mark: str) -> None:
    """Refuse to write a synthetic county over tables that are not an earlier one: those bear its ``mark``."""
    from balancelib.county.files import table_files  # noqa: PLC0415

    files = [f for files in table_files(folder).values() for f in files] if folder.is_dir() else []
    schools = folder / "schools.csv"
    if (files or (folder / "county.xlsx").is_file()) and not (
        schools.is_file() and mark.encode() in schools.read_bytes()
    ):
        raise Refused(WRONG_USAGE, f"{shown_path(folder)}里已有数据，不是合成县，不会覆盖；请换一个文件夹")


def _template(options: argparse.Namespace) -> int:
    from balancelib.county.write import write_workbook  # noqa: PLC0415

    path = shown_path(options.path)
    if options.path.suffix.lower() != ".xlsx":
        raise Refused(WRONG_USAGE, f"{path}：文件名要以.xlsx结尾")
    with _writing(options.path):
        if options.path.exists() or options.path.is_symlink():
            raise Refused(WRONG_USAGE, f"已经有{path}，不会覆盖它；请换一个文件名")
        write_workbook(options.path)
    say(f"已写好{path}。先看“填表说明”，再填“学校”表。")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.county.tables import read_county  # noqa: PLC0415

    _keep_input(options.json, options.path, options.previous)
    try:
        found = read_county(options.path, options.previous).warnings
    except InputError as error:
        found = error.faults
    faults = [fault for fault in found if fault.severity == "fault"]
    if options.json is not None:
        _write_json(options.json, [found])
    if options.json is None or str(options.json) != "-":
        _say_faults(found, sys.stdout)
    return AT_FAULT if faults else DONE


def _say_faults(found: Iterable[Any], stream: TextIO) -> None:
    by_severity = {"fault": [], "warning": []}
    for fault in found:
        by_severity[fault.severity].append(str(fault))
    faults, warnings = by_severity["fault"], by_severity["warning"]
    lines = []
    for title, these in (("错误（必须改正）", faults), ("提醒（请核实）", warnings)):
        if these:
            lines += [f"{title}：{len(these)}处", *(f"  {line}" for line in these)]
    if not faults:
        lines.append("没有错误，可以判定。")
    say(*lines, to=stream)


def _assess(options: argparse.Namespace) -> int:
    from balancelib.assess import assess, explain, overview, rows_of, summary, table  # noqa: PLC0415

    _keep_input(options.json, options.path, _own_standard(options))
    standard = _standard(options)
    if (county := _read(options.path)) is None:
        return AT_FAULT
    _check_counties(options, county)
    result = assess(county, standard, options.relax, options.rounding)
    several, verdicts = isinstance(result, list), _asked_for(result, options.county)
    if options.json is not None:
        _write_json(options.json, (verdict.to_dict() for verdict in verdicts), several)
        if str(options.json) == "-":
            return DONE
    if len(verdicts) > 1:
        say(table(rows_of(overview(verdicts))), "", "看一个县的详情：加上 --county 县区代码")
    else:
        say(summary(verdicts[0]), "")
    if options.explain:
        say("\n\n".join(explain(verdicts[0], options.explain, stage) for stage in verdicts[0].stages))
    if county.warnings:
        say(f"数据里有{len(county.warnings)}处提醒，用 balancelib check 查看。")
    return DONE


def _report(options: argparse.Namespace) -> int:
    from balancelib.assess import assess  # noqa: PLC0415
    from balancelib.county.files import whole_or_absent  # noqa: PLC0415
    from balancelib.report import FORMATS, make_report, render  # noqa: PLC0415

    out, suffix = shown_path(options.out), options.out.suffix.lower()
    if suffix not in FORMATS:
        known = "、".join(FORMATS)
        instead = shown_path(options.out.with_suffix(".html").name)
        raise Refused(
            WRONG_USAGE, f"{out}：报告现在只能写成{known}，浏览器就能打开和打印；请改成 --out {instead}"
        )
    _keep_input(options.out, options.path, _own_standard(options))
    standard = _standard(options)
    if (county := _read(options.path)) is None:
        return AT_FAULT
    _check_counties(options, county)
    verdicts = _asked_for(assess(county, standard, options.relax), options.county)
    if len(verdicts) > 1:
        raise Refused(WRONG_USAGE, f"数据里有{len(verdicts)}个县，一份报告写一个县：请加上 --county 县区代码")
    with _writing(options.out), whole_or_absent(options.out) as temporary:
        temporary.write_bytes(render(make_report(county, verdicts[0]), suffix))
    say(f"报告写好了：{out}")
    return DONE


def _asked_for(result: Any, county_id: str | None) -> list[Any]:
    """Return the verdicts on all counties, or on the one asked for."""
    verdicts = result if isinstance(result, list) else [result]
    return [verdict for verdict in verdicts if county_id in (None, verdict.county_id)]


def _own_standard(options: argparse.Namespace) -> Path | None:
    """Return the file of a standard of the user's own, which is input too."""
    return Path(options.standard) if options.standard.endswith(".toml") else None


def _read(path: Path) -> Any:
    """Read a county, or say what is at fault and return None."""
    from balancelib.county.faults import InputError  # noqa: PLC0415
    from balancelib.county.tables import read_county  # noqa: PLC0415

    try:
        return read_county(path)
    except InputError as error:
        _say_faults(error.faults, sys.stderr)
        return None


def _check_counties(options: argparse.Namespace, county: Any) -> None:
    """Refuse a county that is not there, and arithmetic that would be one county's when there are several."""
    codes = list(county.schools["county_id"].dropna().unique())
    if options.county is not None and options.county not in codes:
        if not codes:
            raise Refused(WRONG_USAGE, "数据里没有县区代码，只有一个县；请去掉 --county")
        known = "、".join(codes[:10]) + ("……" if len(codes) > 10 else "")
        raise Refused(WRONG_USAGE, f"数据里没有县区代码{shown(options.county)}；有：{known}")
    if options.explain and str(options.json) == "-":
        raise Refused(WRONG_USAGE, "--explain是给人看的，不能和--json -一起用；请把JSON写进文件")
    if options.explain and options.county is None and len(codes) > 1:
        raise Refused(
            WRONG_USAGE, f"数据里有{len(codes)}个县，--explain 要指明一个：请加上 --county 县区代码"
        )


def _standard(options: argparse.Namespace) -> Any:
    from balancelib.standards import StandardError, bundled, load_standard  # noqa: PLC0415

    if not options.standard.endswith(".toml") and options.standard not in bundled():
        known = "、".join(bundled())
        raise Refused(
            WRONG_USAGE, f"没有名为{shown(options.standard)}的标准；自带的有{known}，省标准请给出.toml文件"
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
            raise Refused(WRONG_USAGE, f"没有放宽条款{shown(key)}；可用的有：{listed}")
    if options.explain and options.explain not in (indicators := [i.key for i in standard.indicators]):
        raise Refused(WRONG_USAGE, f"没有指标{shown(options.explain)}；可用的有：{'、'.join(indicators)}")
    return standard


def _keep_input(target: Path | None, *sources: Path | None) -> None:
    """Refuse to write a result over what the command reads."""
    from balancelib.county.files import is_input  # noqa: PLC0415

    if target is None or str(target) == "-":
        return
    if any(is_input(target, source) for source in sources if source is not None):
        message = f"{shown_path(target)}是输入的数据，结果不会覆盖它；请换一个文件名"
        raise Refused(WRONG_USAGE, message)


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
        with output(sys.stdout) as stream:
            stream.flush()
            stream.buffer.writelines(pieces())
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
            message = f"写不进{shown_path(self.path)}：{why(error)}。请关闭正在使用它的程序，检查权限"
            raise Refused(WRONG_USAGE, message) from None
