"""People, which role someone holds where and when, and sign-in attempts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts; the hashing is Django's."""

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(login=login, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Someone with an account. What they may do follows from their grants, never from the person."""

    login = models.CharField(max_length=80, unique=True)
    full_name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    unit = models.ForeignKey("registry.Unit", on_delete=models.PROTECT, null=True, blank=True)
    title = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=5, default="vi")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    totp_secret = models.CharField(max_length=64, blank=True)
    totp_since = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0)

    # The ledger's table would otherwise take one entry a sign-in for this column; sign-ins have their own table.
    last_login = None

    objects = PersonManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        default_permissions = ()
        ordering = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def has_totp(self) -> bool:
        return self.totp_since is not None


class GrantQuerySet(models.QuerySet["Grant"]):
    def valid_on(self, day: date) -> GrantQuerySet:
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class Grant(models.Model):
    """A role held by a person: where (unit and below), for which round, index and criterion, and when.

    Blank means everywhere. A grant with `on_behalf_of` is a delegation: its acts are recorded for both.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30)
    unit = models.ForeignKey("registry.Unit", on_delete=models.PROTECT, null=True, blank=True)
    round = models.CharField(max_length=60, blank=True)
    index = models.CharField(max_length=40, blank=True)
    criterion = models.CharField(max_length=60, blank=True)
    phases = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    on_behalf_of = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations"
    )
    reason = models.CharField(max_length=255, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["role", "unit"], name="grant_role_unit")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class Session(AbstractBaseSession):
    """A browser that signed in, and the person it signed in as: both are then read in one statement."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True)

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()


class Bucket(models.Model):
    """How many guesses an address has left, as of `at` (seconds since 1970): see `rates`."""

    key = models.CharField(max_length=100, primary_key=True)
    remaining = models.FloatField()
    at = models.FloatField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


class SignInAttempt(models.Model):
    """One attempt: the login as typed, where it came from, and how it ended."""

    login = models.CharField(max_length=80)
    address = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["login", "at"], name="attempt_login"),
            models.Index(fields=["address", "at"], name="attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.login} {self.outcome}"
