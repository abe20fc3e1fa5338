"""The workflows of GitHub: the README's commands, and no more rights than these need."""

import re

import pytest
import yaml
from conftest import ROOT

FOLDER = ROOT / ".github" / "workflows"
SET_UP = ("apt-get update", "git config")  # what a machine needs before it can fetch the project
RIGHTS = {"test": {"contents": "read"}, "publish": {"contents": "read"}, "environment": {"contents": "write"}}
COMMANDS = {"test": [".ci/run"], "publish": [], "environment": ["make environment"]}


@pytest.fixture(params=sorted(RIGHTS))
def workflow(request):
    return request.param, yaml.safe_load((FOLDER / f"{request.param}.yml").read_text(encoding="utf-8"))


def steps(content):
    return [step for job in content["jobs"].values() for step in job.get("steps", [])]


def test_every_workflow_is_known():
    assert {path.stem for path in FOLDER.iterdir()} == set(RIGHTS)


def test_commands_are_those_of_the_readmes(workflow):
    name, content = workflow
    run = [step["run"].partition(" #")[0] for step in steps(content) if "run" in step]
    commands = [line for line in run if not line.startswith(SET_UP)]
    assert commands == COMMANDS[name]
    for readme in ("README.md", "README.zh-CN.md"):
        written = re.findall(r"^ {4,}(\S.*?)(?: +#.*)?$", (ROOT / readme).read_text("utf-8"), re.MULTILINE)
        assert set(commands) <= set(written), readme


def test_rights_are_the_least(workflow):
    name, content = workflow
    assert content["permissions"] == RIGHTS[name]
    of_jobs = {job: entry["permissions"] for job, entry in content["jobs"].items() if "permissions" in entry}
    assert of_jobs == ({"deploy": {"pages": "write", "id-token": "write"}} if name == "publish" else {})


def test_actions_are_pinned_and_githubs_own(workflow):
    used = [step["uses"] for step in steps(workflow[1]) if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"actions/[a-z-]+@v\d+", action)] == []
