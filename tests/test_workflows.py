"""The workflows of GitHub: the README's commands, and no more rights than these need."""

import re

import pytest
import yaml
from conftest import ROOT

FOLDER = ROOT / ".github" / "workflows"
SET_UP = ("apt-get update", "git config")  # what a machine needs before it can fetch the project
READS, WRITES = {"contents": "read"}, {"contents": "write"}
RIGHTS = {"audit": READS, "test": READS, "publish": READS, "environment": WRITES}
COMMANDS = {"audit": ["make audit"], "test": [".ci/run"], "publish": [], "environment": ["make environment"]}
PINNED = (
    r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\b.*"  # a tag can be moved to other code, a commit cannot
)


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


def test_actions_are_pinned_to_a_commit_and_githubs_own(workflow):
    text = (FOLDER / f"{workflow[0]}.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (?!\./)(.+)", text)
    assert used
    assert [action for action in used if not re.fullmatch(PINNED, action)] == []


def test_one_action_is_at_one_commit_everywhere():
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.iterdir()]
    used = {found for text in texts for found in re.findall(r"uses: (actions/\S+)@(\S+)", text)}
    assert len(used) == len({name for name, _ in used})


def test_the_token_stays_where_nothing_is_pushed(workflow):
    """What is checked out keeps no right to write, but where a branch is pushed."""
    fetched = [step for step in steps(workflow[1]) if step.get("uses", "").startswith("actions/checkout@")]
    kept = [step for step in fetched if step.get("with", {}).get("persist-credentials", True)]
    assert bool(kept) is (workflow[0] == "environment")


def test_no_text_of_a_stranger_is_run(workflow):
    """A title or a branch's name put into a command by `${{ }}` would be part of it."""
    assert [step["run"] for step in steps(workflow[1]) if "${{" in step.get("run", "")] == []
