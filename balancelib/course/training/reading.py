"""Reads what a trainer writes in YAML: bounded, plain, and refused in Chinese."""

import re
from pathlib import Path
from typing import Any

import yaml

from balancelib.toml import WHOLE_FILE, TomlError, read_text

CONTENTS = "_toc.yml"


class CourseError(TomlError):
    """A ``course.yml`` is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "课程文件"

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.called = "书的目录" if file == CONTENTS else "书的一章" if file.endswith(".md") else self.called
        super().__init__(file, key, reason)
        if key == WHOLE_FILE:
            self.args = (f"{self.called}{self.file}：{self.reason}",)


class _Loader(yaml.BaseLoader):
    """Reads YAML whose values stay text (08:30 is no number of seconds), without references and without doubles."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        keys = [key.value for key, _ in node.value]
        for n, (key, _) in enumerate(node.value):
            if not isinstance(key, yaml.ScalarNode) or key.value in keys[:n]:
                raise yaml.constructor.ConstructorError(None, None, "double", key.start_mark)
        return super().construct_mapping(node, deep)


_SYNTAX = (  # what `_Loader` and PyYAML say is the problem
    ("^alias$", "不能用*引用，请把内容写全"),
    ("^double$", "同一个键写了两遍，请只留一个"),
    (r"found character '\\t'", "不能用Tab，请换成空格"),
    ("cannot start any token", "文字以@、%、`这样的符号开头的，要加引号"),
    (
        "mapping values are not allowed",
        "冒号的用法不对：一行只写一个“键: 值”，行首不多空格，文字里有冒号要加引号",
    ),
    ("special characters", "有看不见的控制字符"),
    ("found unknown escape|expected escape", r"双引号里不能有\，路径里请用/"),
    ("found unexpected end of stream", "引号没有关上"),
    ("expected ',' or", "括号没有关上，或者少了逗号；括号里的文字有?这样的符号，要加引号"),
    ("could not find expected ':'", "这一行或者上一行不是“键: 值”"),
    ("expected <block end>", "行首的空格没有和上面对齐，或者引号后面还有字"),
)
FULL = "：，［］｛｝【】　\xa0"  # full-width, or a blank that is none, where YAML has its own sign
FULL_SAID = (
    "。文件里有全角的符号或空格：键后面的冒号、括号、列表里的逗号都用半角，冒号后面空一格，行首用半角空格"
)


def read_yaml(path: Path, missing: str) -> dict[str, Any]:
    """Read a file of keys and values, all of them text.

    Parameters
    ----------
    path
        Where it is.
    missing
        What is said where there is no file.

    Raises
    ------
    CourseError
        It is missing, unreadable or no YAML; what is wrong is said with its line.
    """
    text, file = read_text(path, CourseError, missing), path.name
    try:
        data = yaml.load(text, _Loader)  # derived from BaseLoader, which makes nothing but texts
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第{mark.line + 1}行第{mark.column + 1}列：" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        reason = next((said for sign, said in _SYNTAX if re.search(sign, problem)), "写法不对")
        full = FULL_SAID if set(FULL) & set(text) else ""
        raise CourseError(file, WHOLE_FILE, f"不是合格的YAML：{where}{reason}{full}") from None
    except RecursionError:
        raise CourseError(file, WHOLE_FILE, "括号或缩进套得太深") from None
    if not isinstance(data, dict):
        raise CourseError(
            file, WHOLE_FILE, "里面没有“键: 值”。冒号要用半角，后面空一格，例如title: 星河县培训班"
        )
    return data
