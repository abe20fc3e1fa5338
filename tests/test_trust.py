"""Notebooks are trusted only when they are ours: ours need no trust, and a stranger's gets none, whatever it hides in its outputs."""

import json
import re

import nbformat
import pytest
from conftest import ROOT
from nbformat.sign import MemorySignatureStore, NotebookNotary
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from balancelib.course.release import sha256
from balancelib.course.trust import NotAManifestError, main, sign

NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
PLAIN = {
    "text/plain",
    "text/html",
    "text/markdown",
}  # shown by Jupyter whoever made them, HTML after it was cleaned
ACTIVE = re.compile(
    r"<\s*(script|iframe|object|embed|form|link|meta|base|svg|img|video|audio)\b|\bon\w+\s*=|javascript:|\bsrc\s*=|url\(|https?://",
    re.IGNORECASE,
)
ATTACKS = [
    new_output("display_data", {"text/html": "<script>fetch('https://192.0.2.1')</script>"}),
    new_output("display_data", {"text/html": "<img src=x onerror=alert(1)>"}),
    new_output("display_data", {"application/javascript": "alert(1)"}),
    new_output("display_data", {"image/svg+xml": "<svg onload=alert(1)></svg>"}),
]


@pytest.fixture
def notary(tmp_path):
    """A notary with a memory of its own: not that of whoever runs the tests."""
    return NotebookNotary(store_factory=MemorySignatureStore, secret=b"ours", data_dir=str(tmp_path))


@pytest.fixture
def folder(tmp_path):
    """Two of our notebooks, and the manifest of the release that has them."""
    place = tmp_path / "课"
    place.mkdir()
    files = {}
    for path in NOTEBOOKS[:2]:
        content = path.read_bytes()
        (place / path.name).write_bytes(content)
        files[path.relative_to(ROOT).as_posix()] = {"size": len(content), "sha256": sha256(content)}
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "1", "files": files}), encoding="utf-8")
    return place


def signed_by(notary, path):
    return notary.check_signature(nbformat.read(path, as_version=4))


def test_stored_outputs_of_ours_are_the_same_with_and_without_trust():
    stored = 0
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            assert "trusted" not in cell.metadata, path
            for output in cell.get("outputs", []):
                kinds = output.get("data", {})
                assert set(kinds) <= PLAIN, path
                found = ACTIVE.search("".join(map(str, kinds.values())))
                assert found is None, f"{path}: {found}"
                stored += 1
    assert stored > 100


def test_texts_of_ours_run_nothing():
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                assert not re.search(
                    r"<\s*(script|iframe|object|embed|form)\b|\son\w+\s*=|javascript:",
                    cell.source,
                    re.IGNORECASE,
                ), path


def test_no_setting_of_ours_trusts_what_is_not_signed():
    settings = [
        *(ROOT / "kit").rglob("*.json"),
        *(ROOT / "binder").rglob("*.json"),
        ROOT / "kit" / "start.bat",
        ROOT / "binder" / "start",
    ]
    assert len(settings) >= 4
    for path in settings:
        assert "trust" not in path.read_text(encoding="utf-8").lower(), path


def test_ours_are_signed_and_are_not_changed(folder, notary):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    signed = sign(folder, folder.parent / "manifest.json", notary)
    assert (signed.ours, signed.others) == (sorted(before), [])
    assert all(signed_by(notary, path) for path in before)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: next(iter(one.data)))
def test_an_output_that_was_slipped_in_is_not_signed(folder, notary, attack):
    path = folder / NOTEBOOKS[0].name
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.cell_type == "code").outputs = [attack]
    nbformat.write(notebook, path)
    assert sign(folder, folder.parent / "manifest.json", notary).others == [path]
    assert not signed_by(notary, path)
    assert signed_by(notary, folder / NOTEBOOKS[1].name)


@pytest.mark.parametrize("hidden", ["metadata", "byte", "stranger", "link", "too large", "not a notebook"])
def test_what_is_not_as_it_was_released_is_not_signed(folder, notary, hidden):
    path = folder / NOTEBOOKS[0].name
    content = path.read_bytes()
    if hidden == "metadata":  # says itself that it is trusted
        notebook = json.loads(content)
        notebook["cells"][0]["metadata"]["trusted"] = True
        path.write_text(json.dumps(notebook), encoding="utf-8")
    elif hidden == "byte":
        path.write_bytes(content + b"\n")
    elif hidden == "stranger":  # under a name that the manifest has
        nbformat.write(
            new_notebook(cells=[new_markdown_cell("x"), new_code_cell("y", outputs=ATTACKS)]), path
        )
    elif hidden == "link":
        (folder.parent / "elsewhere.ipynb").write_bytes(content)
        path.unlink()
        path.symlink_to(folder.parent / "elsewhere.ipynb")
    elif hidden == "too large":
        path.write_bytes(b" " * (2**24 + 1))
    else:
        path.write_bytes(b"\xff\xfe")
    signed = sign(folder, folder.parent / "manifest.json", notary)
    assert (signed.ours, signed.others) == ([folder / NOTEBOOKS[1].name], [path])


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"files": {"a.ipynb": 3}}'])
def test_without_a_manifest_nothing_is_signed(folder, notary, content):
    manifest = folder.parent / "manifest.json"
    manifest.write_bytes(content)
    with pytest.raises(NotAManifestError, match="manifest"):
        sign(folder, manifest, notary)
    assert not any(signed_by(notary, path) for path in folder.iterdir())


def test_the_command_says_which_are_not_ours(folder, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (folder / "strange.ipynb").write_text("{}", encoding="utf-8")
    main([str(folder), "--manifest", str(folder.parent / "manifest.json")])
    printed = capsys.readouterr().out
    assert "签了名：2个" in printed
    assert "没有签：1个" in printed
    assert "strange.ipynb" in printed
