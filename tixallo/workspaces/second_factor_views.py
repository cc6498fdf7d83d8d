"""Passkeys and recovery codes: allauth's pages, but that none of them writes by being looked at.

The challenge of a passkey is kept in the session until it is answered. So it is made when a button asks for it, by a
POST, and not with the page.
"""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_stage_required
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tixallo.kit.errors import NotFound

# Each context below goes past allauth's own, which would make a challenge.


class SignIn(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in with a passkey; its page is the one that asks for the password."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("account_login")


class Add(AddWebAuthnView):  # type: ignore[misc]
    """Adding a passkey."""

    def get_context_data(self, **kwargs: Any) -> Any:
        return super(AddWebAuthnView, self).get_context_data(**kwargs)


class Confirm(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Confirming by a passkey that one is still there oneself."""

    def get_context_data(self, **kwargs: Any) -> Any:
        return super(ReauthenticateWebAuthnView, self).get_context_data(**kwargs)


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The second step of signing in, after the password."""

    def get_context_data(self, **kwargs: Any) -> Any:
        return super(AuthenticateView, self).get_context_data(form=self.auth_form, **kwargs)


@require_safe
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes that are left; allauth's own page notes that they were seen."""
    # unscoped: who signs in, and how, belongs to no workspace
    found = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if found is None:
        raise NotFound
    return render(request, "mfa/recovery_codes/index.html", {"unused_codes": found.wrap().get_unused_codes()})


# Anybody can ask, and each new browser is given a session for it.
@require_POST
@ratelimit.decorator(app="allauth.mfa", action="passkey_challenge")  # type: ignore[untyped-decorator]
def challenge_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to ask for any passkey of this host."""
    return JsonResponse(auth.begin_authentication())


@require_POST
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def challenge_to_add(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to make a passkey for who is signed in."""
    return JsonResponse(auth.begin_registration(request.user, passwordless=False))


@require_POST
@login_required
def challenge_to_confirm(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to ask for a passkey of who is signed in."""
    return JsonResponse(auth.begin_authentication(request.user))


@require_POST
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
def challenge_as_second_factor(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to ask for a passkey of whoever brought the right password."""
    stage = request._login_stage  # type: ignore[attr-defined]
    return JsonResponse(auth.begin_authentication(stage.login.user))
