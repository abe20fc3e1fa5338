"""Every locked package has a licence that may stand beside ours, and the page of licences is the one that the packages give."""

import pytest
from conftest import ROOT

from balancelib.course import licences
from balancelib.course.licences import UnknownLicenceError, may_stand_beside_mit


def test_every_locked_package_has_a_licence_that_may_stand_beside_ours():
    packages = licences.packages()
    assert {"numpy", "jupyterlab", "pytest", "nbgitpuller", "pywinpty"} <= {one.name for one in packages}
    assert [one for one in packages if not may_stand_beside_mit(one.licence)] == []


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only OR MIT AND LicenseRef-Ours", False),
    ],
)
def test_what_may_stand_beside_ours(licence, may):
    assert may_stand_beside_mit(licence) is may


@pytest.mark.parametrize(
    ("name", "licence"),
    [("numpy", "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"), ("sphinx", "BSD-2-Clause"), ("seaborn", "BSD-3-Clause"),
     ("widgetsnbextension", "BSD-3-Clause"), ("nest-asyncio2", "BSD-2-Clause"), ("tornado", "Apache-2.0")],
)  # fmt: skip
def test_records_are_read(name, licence):
    assert licences.licence(name) == licence


def test_what_nobody_said_is_asked_for():
    with pytest.raises(UnknownLicenceError, match=r"licences\.toml"):
        licences.licence("a-package-that-is-nowhere")


def test_what_is_said_by_hand_is_of_locked_packages():
    by_hand = set(licences.rules().packages) | set(licences.rules().elsewhere)
    assert by_hand <= {one.name for one in licences.packages()}


def test_what_lies_here_has_its_licence_beside_it():
    for one in licences.rules().vendored:
        assert (ROOT / one.path).exists(), one.path
        text = (ROOT / one.text).read_text(encoding="utf-8")
        assert {"MIT": "Permission is hereby granted", "OFL-1.1": "SIL OPEN FONT LICENSE"}[
            one.licence
        ].lower() in text.lower()


def test_fonts_here_are_under_the_licence_of_fonts():
    """The records in KaTeX's fonts and in ours name the OFL, whatever the style that uses them is under."""
    by_path = {one.path: one.licence for one in licences.rules().vendored}
    fonts = [path for kind in ("woff2", "otf") for folder in ("book", "balancelib") for path in (ROOT / folder).rglob(f"*.{kind}")]  # fmt: skip
    assert len(fonts) > 15
    for font in fonts:
        path = font.relative_to(ROOT).as_posix()
        assert by_path[max(filter(path.startswith, by_path), key=len)] == "OFL-1.1", path


def test_nothing_else_of_others_lies_here():
    """A minified script or style, or a font, is seldom our own."""
    known = tuple(one.path for one in licences.rules().vendored)
    kinds = (".min.js", ".min.css", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".jar", ".wasm")
    skipped = {"_build", ".venv", ".git"}
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ROOT.iterdir()
        if folder.is_dir() and folder.name not in skipped
        for path in folder.rglob("*")
        if path.name.endswith(kinds) or path.name == "reveal.js"
    ]
    assert found
    assert [path for path in found if not path.startswith(known)] == []


def test_the_page_is_as_the_packages_say():
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page(), "run: make licences"
