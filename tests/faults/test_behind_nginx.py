"""The shipped nginx file as it is, in front of a running platform: TLS, redirects, true addresses, 50 MB and no more."""

from __future__ import annotations

import getpass
import http.client
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.web.postgresql import free_port
from tests.web.running import PASSWORD, in_platform, prepare, serving

SHIPPED = (Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf").read_text(encoding="utf-8")
MAIN = """
user {user};
worker_processes 1;
daemon off;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  include {root}/thangdo.conf;
}}
"""
BEHIND = {"THANGDO_HTTPS": "yes", "THANGDO_PROXY": "yes", "THANGDO_HOSTS": "localhost,127.0.0.1"}
LEAF = "/dot/thu-2024/par/don-vi/U1/tieu-chi/1.2/minh-chung/"


def configured(root: Path, platform: int = 8000, plain: int = 8080, secure: int = 8443) -> Path:
    """nginx's main file beside the shipped one; ports, name and certificate are this machine's, all else is as shipped."""
    root.mkdir(parents=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", root / "key.pem", "-out", root / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    text = SHIPPED
    for shipped, here in (
        ("/etc/ssl/thangdo/", f"{root}/"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{secure} "),
        ("danhgia.example.gov.vn", "localhost"),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{platform}"),
    ):
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (root / "thangdo.conf").write_text(text, encoding="utf-8")
    (root / "nginx.conf").write_text(MAIN.format(root=root, user=getpass.getuser()), encoding="utf-8")
    return root / "nginx.conf"


def test_nginx_reads_the_shipped_file_without_a_word(tmp_path: Path):
    main = configured(tmp_path / "nginx")
    done = subprocess.run(["nginx", "-t", "-q", "-c", main], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Without root nginx remarks that `user` does nothing; that is our main file's line, not the shipped one's.
    said = [line for line in done.stderr.splitlines() if '"user" directive' not in line]
    assert said == []


@contextmanager
def nginx(main: Path, plain: int) -> Iterator[None]:
    process = subprocess.Popen(["nginx", "-c", main], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 20
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", plain, timeout=5).connect()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < end, (main.parent / "error.log").read_text()
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


class Browser:
    """Somebody who comes through nginx over TLS, and checks its certificate."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port = port
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", **headers: str):
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=60)
        # On port 443 a browser names no port; Host and Referer say the same here.
        sent = {"Referer": f"https://localhost{path}", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        connection.request(method, path, body, {**sent, **headers, **({"Content-Type": kind} if kind else {})})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
            assert "Secure" in cookie and name.startswith("__Host-"), cookie
        connection.close()
        return answer, text

    def token(self, path: str) -> str:
        return self.ask("GET", path)[1].split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]


def upload(browser: Browser, size: int) -> int:
    token = browser.token("/dot/thu-2024/par/don-vi/U1/tieu-chi/1.2/")
    edge = "ranh-gioi-tep"
    head = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrfmiddlewaretoken", token), ("name", "Báo cáo lớn"))
    )
    head += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    content = b"%PDF-1.4\n% minh hoa\n".ljust(size, b" ")
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    return browser.ask("POST", LEAF, body, f"multipart/form-data; boundary={edge}")[0].status


@pytest.mark.xdist_group("platform")
def test_the_platform_behind_the_shipped_nginx(tmp_path: Path):
    root, plain, secure = tmp_path / "platform", free_port(), free_port()
    prepare(root)
    with serving(root, settings=BEHIND) as server:
        platform = int(server.address.rsplit(":", 1)[1])
        main = configured(tmp_path / "nginx", platform, plain, secure)
        with nginx(main, plain):
            connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=20)
            connection.request("GET", "/viec/?a=b", headers={"Host": "localhost"})
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Location"]) == (301, "https://localhost/viec/?a=b")

            browser = Browser(secure, main.parent / "fullchain.pem")
            answer, page = browser.ask("GET", "/dang-nhap/")
            assert answer.status == 200 and answer.headers["Strict-Transport-Security"]
            style = re.search(r'href="(/static/[^"]+\.css)"', page)
            assert style is not None
            packed, _ = browser.ask("GET", style[1], **{"Accept-Encoding": "gzip"})
            assert packed.headers["Content-Encoding"] == "gzip"
            given = {"csrfmiddlewaretoken": browser.token("/dang-nhap/"), "login": "officer", "password": PASSWORD}
            form = "application/x-www-form-urlencoded"
            # Whoever writes addresses into the request is still known by the one they came from.
            forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
            answer, _ = browser.ask("POST", "/dang-nhap/", urlencode(given).encode(), form, **forged)
            assert answer.status == 302
            assert browser.ask("GET", "/viec/")[0].status == 200

            # The largest evidence passes; what is larger is refused before the platform sees it.
            assert upload(browser, (50 << 20) - 1000) == 302
            assert upload(browser, 53 << 20) == 413
        # Past nginx, without its word that the request was encrypted, every page leads to it.
        direct = http.client.HTTPConnection("127.0.0.1", platform, timeout=20)
        direct.request("GET", "/dang-nhap/", headers={"Host": "localhost"})
        assert direct.getresponse().headers["Location"] == "https://localhost/dang-nhap/"
    told = "from thangdo.web.accounts.models import SignInAttempt; print(set(SignInAttempt.objects.values_list('address', flat=True)))"
    assert in_platform(root, told).strip() == "{'127.0.0.1'}"
