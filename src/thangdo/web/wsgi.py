"""What the server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thangdo.web.settings")
application = get_wsgi_application()

# These need the settings that the line above has read.
from django.db import connections  # noqa: E402

from thangdo.web.warming import warm  # noqa: E402

warm()
connections.close_all()
