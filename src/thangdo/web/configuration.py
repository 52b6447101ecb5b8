"""The one typed object all settings come from, read from the environment or from a file of `NAME=value` lines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

Mode = Literal["development", "demo", "production"]
MODES: tuple[Mode, ...] = ("development", "demo", "production")
SETTINGS_FILE = "THANGDO_SETTINGS"


class ConfigurationError(Exception):
    """A setting that cannot be read at all; what can be read but is unsafe is a finding."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One name an operator may set: what it means, in both languages."""

    name: str
    meaning_vi: str
    meaning_en: str


VARIABLES = (
    Variable("THANGDO_MODE", "development, demo hoặc production", "development, demo or production"),
    Variable("THANGDO_ROOT", "thư mục dữ liệu của nền tảng", "folder of the platform's data"),
    Variable("THANGDO_SECRET_KEY", "khóa bí mật, ít nhất 50 ký tự", "secret key, at least 50 characters"),
    Variable("THANGDO_SECRET_KEY_FILE", "tệp chứa khóa bí mật", "file that holds the secret key"),
    Variable("DATABASE_URL", "sqlite:///… hoặc postgresql://…", "sqlite:///… or postgresql://…"),
    Variable("THANGDO_EVIDENCE", "thư mục minh chứng", "folder of evidence files"),
    Variable("THANGDO_HOSTS", "tên máy chủ, cách nhau bằng dấu phẩy", "host names, separated by commas"),
    Variable("THANGDO_HTTPS", "yes khi người dùng vào qua HTTPS", "yes when people come through HTTPS"),
    Variable("THANGDO_PROXY", "yes khi đứng sau nginx trên cùng máy", "yes behind nginx on the same machine"),
    Variable("THANGDO_MAIL_URL", "smtp://người:mật-khẩu@máy:cổng", "smtp://user:password@host:port"),
    Variable("THANGDO_MAIL_FROM", "địa chỉ gửi thư nhắc việc", "sender of reminders"),
    Variable("THANGDO_PUBLISHED", "thư mục trang đã công bố (/cong-bo/)", "folder of published sites (/cong-bo/)"),
    Variable("THANGDO_WORKERS", "số tiến trình phục vụ", "number of server processes"),
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the platform is told from outside. Paths are absolute; texts are stripped."""

    mode: Mode
    root: Path
    secret_key: str
    database_url: str
    evidence: Path
    hosts: tuple[str, ...]
    is_https: bool = False
    is_behind_proxy: bool = False
    mail_url: str = ""
    mail_from: str = "thangdo@localhost"
    published: Path | None = None
    workers: int = 2

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"


def file_values(path: Path) -> dict[str, str]:
    """`NAME=value` lines, as systemd's EnvironmentFile reads them: `#` starts a comment line, quotes may stand around.

    Raises ConfigurationError for a line without `=` or an unreadable file.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        raise ConfigurationError(f"{path}: {failure}") from failure
    values: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not separator:
            raise ConfigurationError(f"{path}:{number}: NAME=value")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name.strip()] = value
    return values


def read(environment: Mapping[str, str] | None = None, *, here: Path | None = None) -> Configuration:
    """The configuration of this process: the environment wins over the file that `THANGDO_SETTINGS` names.

    Raises ConfigurationError for a mode, number or file that cannot be read.
    """
    given = dict(os.environ if environment is None else environment)
    if given.get(SETTINGS_FILE):
        given = {**file_values(Path(given[SETTINGS_FILE])), **given}
    start = Path.cwd() if here is None else here

    def text(name: str, default: str = "") -> str:
        return given.get(name, "").strip() or default

    def folder(name: str, default: Path) -> Path:
        return (start / text(name)).resolve() if text(name) else default.resolve()

    mode = text("THANGDO_MODE", "development")
    if mode not in MODES:
        raise ConfigurationError(f"THANGDO_MODE={mode}: " + " | ".join(MODES))
    root = folder("THANGDO_ROOT", start / "build" / "platform")
    try:
        workers = int(text("THANGDO_WORKERS", "2"))
    except ValueError as failure:
        raise ConfigurationError(f"THANGDO_WORKERS={text('THANGDO_WORKERS')}") from failure
    if workers < 1:
        raise ConfigurationError(f"THANGDO_WORKERS={workers}")
    _refuse_no_mail_server(text("THANGDO_MAIL_URL"))
    hosts = tuple(host.strip() for host in text("THANGDO_HOSTS").split(",") if host.strip())
    return Configuration(
        mode=mode,
        root=root,
        secret_key=_secret(text("THANGDO_SECRET_KEY"), text("THANGDO_SECRET_KEY_FILE"), root, mode),
        database_url=text("DATABASE_URL", f"sqlite:///{root / 'thangdo.sqlite3'}"),
        evidence=folder("THANGDO_EVIDENCE", root / "evidence"),
        hosts=hosts or (() if mode == "production" else ("127.0.0.1", "localhost", "[::1]", "testserver")),
        is_https=_yes_or_no("THANGDO_HTTPS", text("THANGDO_HTTPS")),
        is_behind_proxy=_yes_or_no("THANGDO_PROXY", text("THANGDO_PROXY")),
        mail_url=text("THANGDO_MAIL_URL"),
        mail_from=text("THANGDO_MAIL_FROM", "thangdo@localhost"),
        published=folder("THANGDO_PUBLISHED", root) if text("THANGDO_PUBLISHED") else None,
        workers=workers,
    )


YES, NO = {"1", "yes", "true", "on"}, {"", "0", "no", "false", "off"}


def _yes_or_no(name: str, value: str) -> bool:
    """A word that is neither is a fault: taken as "no", a slip of the pen would switch protection off."""
    if value.lower() not in YES | NO:
        raise ConfigurationError(f"{name}={value}: yes | no")
    return value.lower() in YES


def _refuse_no_mail_server(url: str) -> None:
    """Without scheme or machine every mail would go to this machine and nobody would hear of it."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as failure:
        raise ConfigurationError(f"THANGDO_MAIL_URL: {failure}") from failure
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ConfigurationError("THANGDO_MAIL_URL: smtp://user:password@host:port | smtps://…")


def _secret(value: str, file: str, root: Path, mode: str) -> str:
    if value:
        return value
    path = Path(file) if file else root / "secret.key"
    if file and not path.is_file():
        raise ConfigurationError(f"THANGDO_SECRET_KEY_FILE={file}")
    # Only an operator's own key serves production; outside it a key made on first use may lie beside the data.
    if path.is_file() and (file or mode != "production"):
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as failure:
            raise ConfigurationError(f"{path}: {failure}") from failure
    return ""
