"""The second factor at sign-in: its secrets are sealed."""

from allauth.mfa.adapter import DefaultMFAAdapter

from tixallo.kit.sealing import seal, unseal

_PURPOSE = "second factor"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What allauth asks of us."""

    def encrypt(self, text: str) -> str:
        return seal(text, _PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, _PURPOSE)
