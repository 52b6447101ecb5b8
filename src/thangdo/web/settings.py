"""Django settings (made from one typed object)."""

SECRET_KEY = "not-a-secret-until-the-platform-exists"  # noqa: S105
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
INSTALLED_APPS: list[str] = []
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
