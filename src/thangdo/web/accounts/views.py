"""Sign-in in two steps, one's own password and one-time codes, and the language of the pages."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from thangdo.web.accounts.models import Person
from thangdo.web.accounts.rates import SIGN_INS
from thangdo.web.accounts.reader_language import LANGUAGES
from thangdo.web.accounts.sign_in import check_password, guess, record_attempt
from thangdo.web.accounts.signed_in import begin_session, end_session, renew_session
from thangdo.web.accounts.totp import address, matching_step, new_secret
from thangdo.web.ledger.acting import ActInProgress, acting

WAITING = "waiting_for_code"
NEW_SECRET = "new_totp_secret"  # noqa: S105
# What stops a guess.
TOO_FAST = gettext_lazy("Too many attempts from here. Wait a minute and try again.")
LOCKED = gettext_lazy("Too many failed attempts. The account opens again in 15 minutes.")
WRONG_CODE = gettext_lazy("This code is not right or was used already. Wait for the next one.")


def next_address(request: HttpRequest) -> str:
    """Where to go after signing in: only within this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else settings.LOGIN_REDIRECT_URL


def client_address(request: HttpRequest) -> str:
    """Behind our own nginx the last hop it adds is the client; otherwise the connection's address."""
    if settings.CONFIGURATION.is_behind_proxy:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        return str(forwarded.split(",")[-1].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


@sensitive_post_parameters("password")
def sign_in(request: Any) -> HttpResponse:
    if request.person is not None:
        return HttpResponseRedirect(next_address(request))
    errors: dict[str, Any] = {}
    login = request.POST.get("login", "").strip()
    if request.method == "POST":
        origin = client_address(request)
        if not SIGN_INS.allow(origin, request.at):
            errors["login"] = TOO_FAST
        else:
            person, reason = check_password(login, request.POST.get("password", ""), origin, request.at)
            if person is not None and person.has_totp:
                request.session[WAITING] = {"person": person.pk, "at": request.at.timestamp()}
                return HttpResponseRedirect(f"/dang-nhap/ma/?next={next_address(request)}")
            if person is not None:
                record_attempt(login, origin, "ok", request.at, person)
                begin_session(request, person)
                return HttpResponseRedirect(next_address(request))
            errors["login"] = LOCKED if reason == "locked" else _("The login or the password is not right.")
    context = {"errors": errors, "login": login, "next": next_address(request)}
    return render(request, "accounts/sign_in.html", context, status=403 if errors else 200)


def code(request: Any) -> HttpResponse:
    """The second step: a one-time code, within five minutes of the password."""
    waiting = request.session.get(WAITING)
    if not waiting or request.at.timestamp() - waiting["at"] > 300:
        return redirect("accounts:sign_in")
    person = Person.objects.filter(pk=waiting["person"], is_active=True).first()
    if person is None:
        return redirect("accounts:sign_in")
    errors: dict[str, Any] = {}
    if request.method == "POST":
        step, errors = _typed_step(request, person, person.totp_secret)
        if step is not None:
            origin = client_address(request)
            with acting(ActInProgress("sign_in", person.pk, request.at)):
                # Whoever uses the step first has it; a second use of one code changes no row.
                fresh = Person.objects.filter(pk=person.pk, totp_last_step__lt=step).update(totp_last_step=step)
            if fresh:
                record_attempt(person.login, origin, "ok", request.at, person)
                request.session.pop(WAITING)
                begin_session(request, person)
                return HttpResponseRedirect(next_address(request))
            record_attempt(person.login, origin, "refused", request.at, person)
            errors["code"] = WRONG_CODE
    context = {"errors": errors, "next": next_address(request)}
    return render(request, "accounts/code.html", context, status=403 if errors else 200)


def _typed_step(request: Any, person: Person, secret: str) -> tuple[int | None, dict[str, Any]]:
    """The time step of the code that was typed, or None with what to tell the person."""
    origin, typed = client_address(request), request.POST.get("code", "")
    if not SIGN_INS.allow(origin, request.at):
        return None, {"code": TOO_FAST}
    step, reason = guess(
        person, lambda: matching_step(secret, typed, request.at, person.totp_last_step), origin, request.at
    )
    return step, {} if step is not None else {"code": LOCKED if reason == "locked" else WRONG_CODE}


def sign_out(request: Any) -> HttpResponse:
    if request.method == "POST":
        end_session(request)
        return redirect("portal:home")
    return render(request, "accounts/sign_out.html")


def security(request: Any) -> HttpResponse:
    """One-time codes: switched on by typing one, switched off with one."""
    person: Person = request.person
    errors: dict[str, Any] = {}
    secret = request.session.get(NEW_SECRET) or new_secret()
    if request.method == "POST":
        step, errors = _typed_step(request, person, person.totp_secret if person.has_totp else secret)
        if step is not None:
            name = "switch_off_totp" if person.has_totp else "switch_on_totp"
            with acting(ActInProgress(name, person.pk, request.at)):
                person.totp_secret = "" if person.has_totp else secret
                person.totp_since = None if person.has_totp else request.at
                person.totp_last_step = step
                person.save(update_fields=["totp_secret", "totp_since", "totp_last_step"])
            request.session.pop(NEW_SECRET, None)
            return redirect("accounts:security")
    if not person.has_totp:
        request.session[NEW_SECRET] = secret
    picture = "" if person.has_totp else qr_picture(address(secret, person.login))
    context = {"errors": errors, "secret": secret, "picture": picture}
    return render(request, "accounts/security.html", context, status=422 if errors else 200)


def qr_picture(text: str) -> SafeString:
    """The address as an SVG of squares; drawn here, so no third party sees the secret."""
    import qrcode  # type: ignore[import-untyped]
    from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

    stream = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, box_size=8).save(stream)
    drawn = stream.getvalue().decode()
    # Our own drawing of our own text: nothing of it comes from a reader.
    return mark_safe(drawn[drawn.index("<svg") :])  # noqa: S308


@sensitive_post_parameters("old", "new")
def password(request: Any) -> HttpResponse:
    person: Person = request.person
    errors: dict[str, Any] = {}
    if request.method == "POST":
        old, new, origin = request.POST.get("old", ""), request.POST.get("new", ""), client_address(request)
        if not SIGN_INS.allow(origin, request.at):
            errors["old"] = TOO_FAST
        else:
            is_right, reason = guess(person, lambda: person.check_password(old) or None, origin, request.at)
            if not is_right:
                errors["old"] = LOCKED if reason == "locked" else _("The present password is not right.")
        if not errors:
            try:
                validate_password(new, person)
            except ValidationError as failure:
                errors["new"] = " ".join(failure.messages)
        if not errors:
            with acting(ActInProgress("change_password", person.pk, request.at)):
                person.set_password(new)
                person.save(update_fields=["password"])
            renew_session(request, person)
            return redirect("accounts:security")
    return render(request, "accounts/password.html", {"errors": errors}, status=422 if errors else 200)


def language(request: Any) -> HttpResponse:
    """Keep the chosen language for a year and go back to the page."""
    chosen = request.POST.get("language", "") or request.GET.get("language", "")
    response = HttpResponseRedirect(next_address(request))
    if chosen in LANGUAGES:
        if request.person is not None and request.person.language != chosen:
            # Mail follows the language of the pages.
            with acting(ActInProgress("choose_language", request.person.pk, request.at)):
                Person.objects.filter(pk=request.person.pk).update(language=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
