"""The `Authorization` headers that must not open anything, by what is wrong with each."""

from datetime import timedelta

from tests.cast import Player, end_key
from tixallo.keys import token
from tixallo.keys.models import ApiKey
from tixallo.kit import clock


class Refused(dict[str, str | None]):
    """Causes and headers; None is no header at all."""

    def is_bearer(self, cause: str) -> bool:
        """Tell whether the header is a Bearer credential, so that the challenge says that its token is invalid."""
        return not cause.startswith("no credential")


def refused_keys(company: Player) -> Refused:
    """Make keys of the company that are refused, and headers that hold none."""
    text = company.key.text
    good = token.parse(text)
    assert good is not None
    expired = company.another_key(expires_in=timedelta(days=1)).key
    company.backstage(expire, expired.id)
    ended = {}
    for how in ("disable", "revoke"):
        ended[how] = company.another_key().key
        company.backstage(end_key, company.id, ended[how].id, how)
    wrong_end = "0" if text[-1] != "0" else "1"
    return Refused(
        {
            "no credential: no header": None,
            "no credential: empty": "",
            "no credential: the scheme alone": "Bearer",
            "no credential: another scheme": f"Basic {text}",
            "no credential: the key alone": text,
            "malformed: two": f"Bearer {text}, Bearer {text}",
            "malformed: a second word": f"Bearer {text} {text}",
            "malformed: quotes": f'Bearer "{text}"',
            "no credential: a tab": f"Bearer\t{text}",
            "no credential: scheme glued": f"Bearer{text}",
            "malformed: a word": "Bearer token",
            "malformed: cut off": f"Bearer {text[:-1]}",
            "malformed: too long": f"Bearer {text}0",
            "malformed: very long": f"Bearer {'0' * 5000}",
            "malformed: upper case": f"Bearer {text.upper()}",
            "malformed: padded": f"Bearer {text}=",
            "malformed: prefix unknown": f"Bearer tixtest{text[7:]}",
            "wrong checksum": f"Bearer {text[:-1]}{wrong_end}",
            "unknown": f"Bearer {token.generate('production')}",
            "another secret": f"Bearer {forged(good, secret=token.generate('production').secret)}",
            "another environment": f"Bearer {forged(good, environment='staging')}",
            "expired": f"Bearer {expired.text}",
            "disabled": f"Bearer {ended['disable'].text}",
            "revoked": f"Bearer {ended['revoke'].text}",
        }
    )


def forged(key: token.Token, *, environment: str | None = None, secret: str | None = None) -> token.Token:
    """Return a key that differs from a real one, with its checksum put right."""
    changed = key._replace(environment=environment or key.environment, secret=secret or key.secret)
    return changed._replace(checksum=token._checksum(changed.signed_part.decode()))


def expire(key_id: str) -> None:
    """Let a key have expired a second ago. Runs backstage."""
    ApiKey.objects.filter(id=key_id).update(expires_at=clock.from_seconds(clock.seconds() - 1))
