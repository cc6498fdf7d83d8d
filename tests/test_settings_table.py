"""docs/settings.md against the code, in both directions, and how settings are read."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tixallo.config.environment import SETTINGS, BadSetting, Environment, load, unknown, variables

pytestmark = pytest.mark.once

_ROOT = Path(__file__).resolve().parent.parent
_PAGE = (_ROOT / "docs" / "settings.md").read_text()

# Constants that are no limits, though they are public numbers.
_NO_LIMITS = {
    "tixallo.keys.token": "the parts of a key are described with the key",
    "tixallo.cli.demo.month": "how the samples lie in time",
}


def _rows(title: str) -> list[list[str]]:
    section = _PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _public_numbers() -> Iterator[tuple[str, float]]:
    for path in sorted((_ROOT / "tixallo").rglob("*.py")):
        module = ".".join(path.relative_to(_ROOT).with_suffix("").parts)
        if module in _NO_LIMITS:
            continue
        for statement in ast.parse(path.read_text()).body:
            match statement:
                case ast.Assign(targets=[ast.Name(name)], value=value):
                    pass
                case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value):
                    pass
                case _:
                    continue
            number = _number(value)
            if re.fullmatch("[A-Z][A-Z0-9_]*", name) and number is not None:
                yield f"{module}.{name}", number


def _number(value: ast.expr) -> float | None:
    match value:
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.BinOp(left, ast.Mult(), right):
            factors = _number(left), _number(right)
            return None if factors[0] is None or factors[1] is None else factors[0] * factors[1]
        case ast.Call(ast.Name("timedelta"), [], [ast.keyword(unit, ast.Constant(int() | float() as number))]):
            return timedelta(**{str(unit): number}).total_seconds()
    return None


def test_the_table_shows_every_setting_and_no_other() -> None:
    assert _rows("Settings") == [
        [f"`{one.name}`", f"`{one.default}`" if one.default else "", one.doc] for one in SETTINGS
    ]


def test_the_page_names_the_settings_that_can_be_files() -> None:
    assert set(re.findall(r"`(TIXALLO_\w+_FILE)`", _PAGE)) == {"TIXALLO_SECRET_FILE"} | {
        f"{one.name}_FILE" for one in SETTINGS if one.secret
    }


def test_the_table_shows_every_limit_as_it_is() -> None:
    shown = {constant.strip("`"): float(value.replace(",", "")) for _, value, constant in _rows("Limits")}

    assert shown == dict(_public_numbers())


def test_every_setting_has_its_value() -> None:
    assert {one.attribute for one in SETTINGS} == set(Environment.__annotations__)


def test_nothing_has_to_be_set() -> None:
    settings = load({})

    assert settings.data == Path("data")
    assert settings.secret_file == Path("data/secret")
    assert settings.origin == "http://localhost:8000"
    assert settings.bodies == 16
    assert not settings.tls


def test_the_command_line_goes_before_the_environment() -> None:
    settings = load({"TIXALLO_PORT": "1", "TIXALLO_DATA": "here"}, port="9000", data=None)

    assert (settings.port, settings.data, settings.origin) == (9000, Path("here"), "http://localhost:9000")


def test_children_get_what_the_command_line_gave() -> None:
    settings = load({"TIXALLO_THREADS": "5"}, port="9000", data="there", host="::1")

    again = load({"TIXALLO_THREADS": "5", **variables(settings)})

    assert again == settings


def test_a_certificate_makes_the_origin_https(tmp_path: Path) -> None:
    (tmp_path / "pem").touch()

    settings = load({"TIXALLO_TLS_CERT": str(tmp_path / "pem"), "TIXALLO_TLS_KEY": str(tmp_path / "pem")})

    assert settings.tls
    assert settings.origin == "https://localhost:8000"


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://support.example", "https://support.example"),
        ("HTTPS://Support.Example:443/", "https://support.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_brought_into_one_form(given: str, origin: str) -> None:
    assert load({"TIXALLO_ORIGIN": given}).origin == origin


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://localhost/tixallo\n")

    settings = load({"TIXALLO_DATABASE_URL_FILE": str(tmp_path / "url")})

    assert settings.database_url == "postgresql://localhost/tixallo"
    assert settings.database_url not in repr(settings)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"TIXALLO_PORT": "http"}, "TIXALLO_PORT must be a whole number from 0 to 65535, not 'http'."),
        ({"TIXALLO_PORT": "65536"}, "TIXALLO_PORT must be a whole number from 0 to 65535, not '65536'."),
        ({"TIXALLO_THREADS": "0"}, "TIXALLO_THREADS must be a whole number from 1 to 512, not '0'."),
        (
            {"TIXALLO_THREADS": "4", "TIXALLO_BODIES": "5"},
            "TIXALLO_BODIES is 5, but there are only 4 threads (TIXALLO_THREADS).",
        ),
        (
            {"TIXALLO_LOG_LEVEL": "loud"},
            "TIXALLO_LOG_LEVEL must be one of debug, info, warning, error, not 'loud'.",
        ),
        (
            {"TIXALLO_HOST": "http://localhost"},
            "TIXALLO_HOST must be an address or a name, not 'http://localhost'.",
        ),
        *(
            (
                {"TIXALLO_ORIGIN": origin},
                (
                    "TIXALLO_ORIGIN must be a scheme and a host like https://support.example, without a path, "
                    f"not '{origin}'."
                ),
            )
            for origin in (
                "support.example",
                "ftp://support.example",
                "https://support.example/help",
                "https://support.example?a",
                "https://me@support.example",
                "https://support.example:port",
                "https://",
            )
        ),
        (
            {"TIXALLO_TRUSTED_PROXIES": "10.0.0.1/8"},
            (
                "TIXALLO_TRUSTED_PROXIES must be addresses or networks like 10.0.0.0/8, with commas between them "
                "(10.0.0.1/8 has host bits set), not '10.0.0.1/8'."
            ),
        ),
        (
            {"TIXALLO_TLS_CERT": "nowhere.pem"},
            (
                "TIXALLO_TLS_CERT must be the path of a file that can be read (no such file or directory), "
                "not 'nowhere.pem'."
            ),
        ),
        (
            {"TIXALLO_TLS_CERT": __file__},
            "TIXALLO_TLS_CERT and TIXALLO_TLS_KEY are only of use together: give both or neither.",
        ),
        (
            {"TIXALLO_DATABASE_URL": "mysql://me:hidden@localhost/name"},
            "TIXALLO_DATABASE_URL must be empty or a URL like postgresql://user:password@host:5432/name.",
        ),
        (
            {"TIXALLO_DATABASE_URL_FILE": "nowhere"},
            "TIXALLO_DATABASE_URL_FILE names nowhere, which cannot be read: no such file or directory.",
        ),
        (
            {"TIXALLO_DATABASE_URL": "postgresql://localhost/name", "TIXALLO_DATABASE_URL_FILE": "nowhere"},
            "TIXALLO_DATABASE_URL and TIXALLO_DATABASE_URL_FILE are both set: give one.",
        ),
    ],
)
def test_a_bad_setting_is_one_sentence_that_says_what_to_change(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load(given)
    assert str(refused.value) == sentence


def test_a_misspelt_setting_is_noticed_and_a_key_is_left_alone() -> None:
    environ = {"TIXALLO_THREDS": "1", "TIXALLO_API_KEY": "x", "TIXALLO_DATABASE_URL_FILE": "", "TIXALLO_PORT": "1"}

    assert unknown(environ) == ["TIXALLO_THREDS"]
