"""The operators' guide does what it says: its commands are run as written, its units and settings are checked."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.web.running import environment, in_platform, prepare
from thangdo.cli.entry import thangdo

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "guides" / "operator.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`\$ ([^`]+)`", GUIDE)
# Run elsewhere, or serving until stopped: see the tests of the demo, of starting and of the worker.
ELSEWHERE = {"./run demo", "./run serve", "./run thangdo work", "./run thangdo work --once"}
pytestmark = pytest.mark.xdist_group("platform")


def settings_of_the_guide(root: Path) -> Path:
    """The guide's own settings with this machine's folders; SQLite stands for the database server."""
    block = re.search(r"```\n(.*?)```", GUIDE, re.DOTALL)
    assert block is not None
    text = "\n".join(line.strip() for line in block[1].splitlines())
    key = root / "secret.key"
    # The line that makes a key, as the guide gives it.
    made = re.search(r'python3 -c "(import secrets[^"]+)"', GUIDE)
    assert made is not None
    done = subprocess.run([sys.executable, "-c", made[1]], capture_output=True, text=True, check=True)
    key.write_text(done.stdout)
    assert len(done.stdout.strip()) > len(secrets.token_urlsafe(32))
    text = text.replace("/var/lib/thangdo", str(root)).replace("/etc/thangdo/secret.key", str(key))
    text = re.sub(r"DATABASE_URL=.*", f"DATABASE_URL=sqlite:///{root / 'thangdo.sqlite3'}\nTHANGDO_WORKERS=1", text)
    target = root / "settings.env"
    target.write_text(text)
    return target


def run(command: str, settings: Path) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("THANGDO_", "DATABASE_URL"))}
    given["THANGDO_SETTINGS"] = str(settings)
    return subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, env=given, capture_output=True, text=True)


def test_each_command_of_the_guide_works_in_its_order(tmp_path: Path):
    """Check, backup, verify and restore with the guide's production settings."""
    root = tmp_path / "lib"
    prepare(root)
    (root / "evidence").mkdir(exist_ok=True)
    settings = settings_of_the_guide(root)
    state = "from thangdo.web.rounds.models import Round; from thangdo.web.rounds.conversion import round_value; print(round_value(Round.objects.get()).hash())"
    before = in_platform(root, state)
    done = []
    for command in COMMANDS:
        if command in ELSEWHERE:
            continue
        line = command.replace("/etc/thangdo/settings.env", str(settings)).replace("FOLDER", str(tmp_path / "copy"))
        if line.endswith(str(tmp_path / "copy")) and " restore " in line:
            for path in root.glob("thangdo.sqlite3*"):
                path.unlink()
            shutil.rmtree(root / "evidence")
        answer = run(line, settings)
        assert answer.returncode == 0, (line, answer.stdout, answer.stderr)
        done.append(command)
    assert len(done) == 4
    assert in_platform(root, state) == before


def test_demo_accounts_stop_production(tmp_path: Path):
    root = tmp_path / "lib"
    prepare(root)
    (root / "evidence").mkdir(exist_ok=True)
    in_platform(root, "from thangdo.web.accounts.models import Person; Person.objects.update(is_demo=True)")
    settings = settings_of_the_guide(root)
    for command in ("./run thangdo check", "./run serve --port 1"):
        answer = run(command, settings)
        assert answer.returncode == 1
        assert "WEB007" in answer.stderr + answer.stdout


def test_every_command_named_in_guide_and_deploy_exists():
    """What units, container and guide start is a command of ours with options it has."""
    texts = [GUIDE, *(path.read_text(encoding="utf-8") for path in DEPLOY.iterdir())]
    lines = {
        found.replace('", "', " ").strip()
        for text in texts
        for found in re.findall(r"run(?:\",)? ?\"?(?:thangdo )?((?:serve|work|backup|restore|check)[^`\n'\]]*)", text)
    }
    assert len(lines) > 4
    for line in lines:
        words = re.findall(r"[a-z-]+", line.split(" ", 1)[0])
        command = thangdo.get_command(click.Context(thangdo), words[0])
        assert command is not None, line
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", line)) <= known, line
    assert CliRunner().invoke(thangdo, ["--version"]).exit_code == 0


def test_systemd_reads_every_unit(tmp_path: Path):
    home = tmp_path / "srv"
    home.mkdir()
    (home / "run").write_text("#!/bin/sh\n")
    (home / "run").chmod(0o755)
    units = []
    for path in sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer")):
        text = path.read_text(encoding="utf-8").replace("/srv/thangdo", str(home))
        target = tmp_path / path.name
        target.write_text(re.sub(r"^(User|Group)=thangdo$", r"\1=root", text, flags=re.MULTILINE))
        units.append(str(target))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_guides_table_of_variables_is_the_codes():
    from thangdo.web.configuration import VARIABLES

    told = set(re.findall(r"`(THANGDO_[A-Z_]+|DATABASE_URL)`", GUIDE))
    assert {variable.name for variable in VARIABLES} <= told
    assert environment(Path("/x"))["THANGDO_MODE"] == "development"
