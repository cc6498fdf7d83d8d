"""Whether the certificate and the key that a server is to speak TLS with can be used."""

import ssl

from tixallo.config.environment import BadSetting, Environment


def check(settings: Environment) -> None:
    """See that the certificate and the key of the settings can be used. Raises `BadSetting`."""
    if settings.tls_cert is None or settings.tls_key is None:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A passphrase would be asked for at the terminal.
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BadSetting(
                f"The key {settings.tls_key} is not that of the certificate {settings.tls_cert}."
            ) from error
        raise BadSetting(
            f"The certificate {settings.tls_cert} and the key {settings.tls_key} cannot be used: "
            "both must be PEM files, the key without a passphrase."
        ) from error
    except OSError as error:
        raise BadSetting(
            f"The certificate {settings.tls_cert} and the key {settings.tls_key} cannot be read: "
            f"{(error.strerror or str(error)).lower()}."
        ) from error
