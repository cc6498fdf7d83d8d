"""The second factor at sign-in: its secrets are sealed, in the database and on their way through a form."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django import forms
from django.conf import settings
from django.http import QueryDict

from tixallo.kit.sealing import Unreadable, seal, unseal

_PURPOSE = "second factor"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks of us."""

    def encrypt(self, text: str) -> str:
        return seal(text, _PURPOSE)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # A passkey is bound to the host that the settings name, whatever a request says.
        return {"id": urlsplit(settings.TIXALLO.origin).hostname or "localhost", "name": "Tixallo"}

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, _PURPOSE)


class SwitchOnForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app; the form itself carries the secret, sealed for its person.

    allauth's own keeps it in the session, so that showing the page would write.
    """

    sealed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None, *args: Any, user: Any, **kwargs: Any) -> None:
        purpose = f"{_PURPOSE} to be of {user.pk}"
        sealed = "" if data is None else data.get("sealed", "")
        try:
            self.secret = unseal(sealed, purpose)
        except Unreadable:
            # Of a page that is just being made, or of another person's: no code is right for it yet.
            self.secret = generate_totp_secret()
            sealed = seal(self.secret, purpose)
        given = None if data is None else {**data.dict(), "sealed": sealed}
        forms.Form.__init__(self, given, *args, **kwargs)
        self.user, self.initial["sealed"] = user, sealed
