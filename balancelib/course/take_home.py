"""The book to take home, as a PDF, as an EPUB and as a zip of the site: `python -m balancelib.course.take_home`.

The same sources give the same bytes: the only date in a file is that of the commit.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from balancelib.console import guarded
from balancelib.county.files import whole_or_absent
from balancelib.course.archive import write_zip
from balancelib.course.root import ROOT

NAME = "balanced-education"
BOOK = "from jupyter_book.cli.main import main; main()"
# What a PDF needs: how to ask for it, what it is, and the Debian package that has it.
NEEDED = (
    (("xelatex", "--version"), "排版程序xelatex", "texlive-xetex"),
    (("latexmk", "--version"), "latexmk", "latexmk"),
    (("kpsewhich", "capt-of.sty"), "LaTeX的附加宏包", "texlive-latex-extra"),
    (("kpsewhich", "pzdr.tfm"), "LaTeX的附加字体", "texlive-fonts-recommended"),
    (("fc-list", "Noto Serif CJK SC"), "思源宋体（Noto Serif CJK SC）", "fonts-noto-cjk"),
)
MOST_OVERFULL = 5  # points; more can be seen
READ_ME = """《义务教育均衡发展》离线版

1. 请先把整个压缩包解压到一个文件夹（在压缩包里直接打开，网页会缺图）。
2. 双击“打开课程.html”，课程会在浏览器里打开。
3. 不用联网，也不用安装。要拷给别人，请拷整个文件夹。

课里的示例县是合成的，不是任何真实的县。
"""
FRONT_DOOR, FIRST = "打开课程.html", "请先看我.txt"


class NotMadeError(Exception):
    """Why a file could not be made, in Chinese."""


def main(arguments: list[str] | None = None) -> int:
    """Make what is asked for, or all three."""
    parser = argparse.ArgumentParser(prog="python -m balancelib.course.take_home")
    parser.add_argument("forms", nargs="*", choices=[[], *MAKERS], help="pdf、epub、zip；不写就三样都做")
    for form in parser.parse_args(arguments).forms or MAKERS:
        target = ROOT / "_build" / "take-home" / f"{NAME}.{form}"
        try:
            with whole_or_absent(target) as temporary:
                MAKERS[form](temporary)
        except NotMadeError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"已生成{target.relative_to(ROOT)}（{target.stat().st_size / 1e6:.1f} MB）")
    return 0


def make_pdf(target: Path) -> None:
    """Let XeLaTeX set the book."""
    check_packages()
    typeset(build("latex"), target)


def check_packages() -> None:
    """Refuse to make a PDF where what sets it is not installed, and say how to install it."""
    if missing := list(missing_packages()):
        lines = "\n".join(f"  缺{what}：Debian软件包{package}" for what, package in missing)
        install = "sudo apt-get install --no-install-recommends " + " ".join(p for _, p in missing)
        raise NotMadeError(f"生成PDF还缺这些：\n{lines}\n请先安装：\n  {install}")


def typeset(folder: Path, target: Path) -> None:
    """Let XeLaTeX set what Sphinx wrote into a folder."""
    command = ["latexmk", "-xelatex", "-silent", "-interaction=nonstopmode", "-halt-on-error", f"{NAME}.tex"]
    set_by_latex = run(command, cwd=folder)
    log = folder / f"{NAME}.log"
    faults = list(faults_in(log.read_text("utf-8", errors="replace"))) if log.exists() else []
    if set_by_latex.returncode or faults:
        raise NotMadeError(
            "排版PDF出错：\n" + "\n".join(faults or [set_by_latex.stdout[-2000:]]) + f"\n详见{log}"
        )
    shutil.copyfile(folder / f"{NAME}.pdf", target)


def missing_packages() -> Iterator[tuple[str, str]]:
    """What a PDF needs and this computer does not have, and the Debian package that has it."""
    for command, what, package in NEEDED:
        if not (shutil.which(command[0]) and run(list(command)).stdout.strip()):
            yield what, package


def faults_in(log: str) -> Iterator[str]:
    r'''What XeLaTeX reports and a reader would see: a letter that no font has, a line too long, a link to nowhere.

    Examples
    --------
    >>> log = r"""Overfull \hbox (1.2pt too wide) in paragraph at lines 7--8
    ... Overfull \hbox (12.3pt too wide) in paragraph at lines 9--9
    ... Missing character: There is no 㐂 (U+3402) in font Noto Serif CJK SC!"""
    >>> for fault in faults_in(log):
    ...     print(fault)
    Overfull \hbox (12.3pt too wide) in paragraph at lines 9--9
    Missing character: There is no 㐂 (U+3402) in font Noto Serif CJK SC!
    '''
    for line in log.splitlines():
        overfull = re.match(r"Overfull \\[hv]box \(([\d.]+)pt", line)
        if (overfull and float(overfull[1]) > MOST_OVERFULL) or re.match(
            "! |Missing character|LaTeX Warning: .*(undefined|multiply defined)", line
        ):
            yield line


def make_epub(target: Path) -> None:
    """Let Sphinx make the EPUB, and take the hours of the day out of it."""
    with zipfile.ZipFile(build("epub") / f"{NAME}.epub") as made:
        write_zip(target, ((info.filename, made.read(info)) for info in made.infolist()))


def make_zip(target: Path) -> None:
    """Zip the site as `make book` built it, with a door at the top that an official finds."""
    site = ROOT / "_build" / "html"
    if not (site / "index.html").exists():
        raise NotMadeError("还没有生成网页版，没有可以打包的。请先运行 make book，或者说明里和它一样的命令")
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    contents = {name: path.read_bytes() for name, path in files.items() if not name.startswith(".")}
    contents[FRONT_DOOR] = contents["index.html"]
    contents[FIRST] = READ_ME.replace("\n", "\r\n").encode("utf-8-sig")  # for the Notepad of old Windows
    write_zip(target, ((f"{NAME}/{name}", contents[name]) for name in sorted(contents)))


MAKERS = {"pdf": make_pdf, "epub": make_epub, "zip": make_zip}


def build(builder: str) -> Path:
    """Let Jupyter Book build the book, from nothing: what an earlier build left would be packed with it."""
    folder = ROOT / "_build" / builder
    chosen = ["--builder", "custom", "--custom-builder", builder]
    shutil.rmtree(folder, ignore_errors=True)
    done = run([sys.executable, "-c", BOOK, "build", ".", "-n", "-W", "--keep-going", *chosen], cwd=ROOT)
    if done.returncode:
        raise NotMadeError(f"生成书时出错：\n{done.stdout[-4000:]}")
    return folder


def run(command: list[str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program with the commit's date as today's, and TeX's messages each on a line of its own."""
    settings = {"SOURCE_DATE_EPOCH": commit_date(), "FORCE_SOURCE_DATE": "1", "max_print_line": "10000"}
    return subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def commit_date() -> str:
    """Seconds since 1970 at which the last commit was made; where there is no Git, those of the copyright's year."""
    try:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "1767225600"  # 2026-01-01


if __name__ == "__main__":
    sys.exit(guarded(main))
