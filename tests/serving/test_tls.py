"""https without a proxy."""

import http.client
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.scratch import Scratch
from tests.serving.conftest import NewServing

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def certificate(scratch: Scratch) -> Path:
    """A directory with cert.pem and key.pem for localhost, and the keys other.pem and locked.pem."""
    directory = scratch.directory("tls")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    for command in (
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", *names],
        ["genrsa", "-out", "other.pem", "2048"],
        ["rsa", "-in", "key.pem", "-aes128", "-passout", "pass:word", "-out", "locked.pem"],
    ):
        subprocess.run(["openssl", *command], cwd=directory, check=True, capture_output=True)
    return directory


def _variables(certificate: Path, key: str = "key.pem") -> dict[str, str]:
    return {"TIXALLO_TLS_CERT": str(certificate / "cert.pem"), "TIXALLO_TLS_KEY": str(certificate / key)}


def test_tls_1_2_and_1_3_are_spoken_on_both_addresses(new_serving: NewServing, certificate: Path) -> None:
    serving = new_serving(**_variables(certificate)).listening()
    assert f"https://localhost:{serving.port}\n" in serving.log

    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
        context.minimum_version = context.maximum_version = version
        connection = http.client.HTTPSConnection("localhost", serving.port, context=context, timeout=5)
        connection.request("GET", "/environ")
        answer = connection.getresponse().read()
        connection.close()
        assert b'"wsgi.url_scheme": "https"' in answer
        assert b'"REMOTE_ADDR": "' in answer


def test_plain_http_is_not_answered(new_serving: NewServing, certificate: Path) -> None:
    serving = new_serving(**_variables(certificate)).listening()

    assert b"HTTP" not in serving.talk(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")


_NO_PEM = (
    "The certificate {cert} and the key {key} cannot be used: both must be PEM files, the key without a passphrase."
)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("other.pem", "The key {key} is not that of the certificate {cert}."),
        ("locked.pem", _NO_PEM),
        ("cert.pem", _NO_PEM),
    ],
)
def test_a_key_that_does_not_fit_ends_the_start_in_one_sentence(
    new_serving: NewServing, certificate: Path, key: str, sentence: str
) -> None:
    serving = new_serving(**_variables(certificate, key))

    assert serving.process.wait(10) == 2
    expected = sentence.format(key=certificate / key, cert=certificate / "cert.pem")
    assert serving.log == f"tixallo: {expected}\n"
