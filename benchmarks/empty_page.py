"""An empty Django page behind the same server: what the platform's throughput is compared with."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.web.postgresql import free_port

# No middleware, no session, no database, no template.
MODULE = """
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x" * 50, MIDDLEWARE=[])
import django
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("", headers={"Content-Length": "0"}))]
application = get_wsgi_application()
"""


@contextmanager
def serving_empty_page(folder: str, workers: int) -> Iterator[int]:
    """Serve it with as many workers and threads as the platform has; yields the port."""
    module = "trang_trong"
    with open(f"{folder}/{module}.py", "w", encoding="utf-8") as target:
        target.write(MODULE)
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "2", "--backlog", "2048", "--no-ws", f"{module}:application",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)
