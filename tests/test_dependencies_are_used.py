"""Every dependency of the product is imported by it, or named where a setting loads it: the locks carry nothing idle."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Not imported by the source: what Django loads by a setting, and what `run` compiles the translations with.
LOADED_BY_NAME = {
    "argon2-cffi": "Argon2PasswordHasher",
    "babel": "babel.messages.pofile",
    "psycopg": "django.db.backends.postgresql",
}


def told(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in [*(ROOT / "src").rglob("*.py"), ROOT / "run"])
    modules: dict[str, set[str]] = {}
    for module, names in packages_distributions().items():
        for name in names:
            modules.setdefault(told(name), set()).add(module)
    idle = []
    for line in project["dependencies"]:
        name = told(re.split(r"[\[<>=!~ ]", line)[0])
        known = "|".join(re.escape(module) for module in modules[name])
        is_imported = re.search(rf"^\s*(?:import|from) (?:{known})\b|[\"'](?:{known})[.\"']", source, re.MULTILINE)
        if not is_imported and LOADED_BY_NAME.get(name, "\0") not in source:
            idle.append(name)
    assert sorted(idle) == [], idle
