"""The second factor at sign-in: its secrets are sealed."""

from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from tixallo.kit.sealing import seal, unseal

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
