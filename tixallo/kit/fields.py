"""Types of what comes in, shared by every body and query, and the sentences that are said of errors."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from annotated_types import GroupedMetadata, Interval
from django.core.exceptions import ValidationError as DjangoError
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from tixallo.kit.errors import Invalid
from tixallo.kit.ids import ID_PATTERN, is_id

LONGEST_EMAIL = 255
MOST_FIELDS = 100

T = TypeVar("T", bound=BaseModel)


# Something other than white space, and no NUL anywhere; for the OpenAPI document, as the checks below are functions.
_SAYS_SOMETHING = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
# RFC 3339, section 5.6, without leap seconds.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class Input(BaseModel):
    """A body: strict types, unknown fields refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class QueryInput(BaseModel):
    """A query: its values are texts, unknown parameters refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def may_be_kept(self) -> bool:
        """Tell whether the answer stays the same as long as the workspace's revision does."""
        return True


def _without_nul(text: str) -> str:
    # PostgreSQL cannot store it, so neither database takes it.
    if "\x00" in text:
        raise PydanticCustomError("nul", "Must not contain the NUL character")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "Must not be blank")
    return text


def is_email(text: str) -> bool:
    """Tell whether a text is an address: other scripts in their xn-- form, 255 characters at most."""
    try:
        # In its xn-- form (RFC 5890) an address has one spelling.
        text.encode("ascii")
        validate_email(text)
    except (UnicodeEncodeError, DjangoError):
        return False
    return len(text) <= LONGEST_EMAIL


def _email(text: str) -> str:
    if not is_email(text):
        raise PydanticCustomError("email", "Invalid email")
    return text


def _whole(value: Any) -> Any:
    # A query has texts alone; int() would take spaces, signs, underscores and other scripts' digits.
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value, re.ASCII):
        raise PydanticCustomError("whole", "Must be a whole number")
    return int(value)


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise PydanticCustomError("moment", "Must be a time like 2026-01-31T12:00:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("moment", "Must be a time like 2026-01-31T12:00:00Z") from error


def _identifier(text: str) -> str:
    if not is_id(text):
        raise PydanticCustomError("id", "Must be an id")
    return text


class Text(GroupedMetadata):
    """The rules of a text of 1 to `most` characters that says something: `Annotated[str, Text(300)]`."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __iter__(self) -> Iterator[object]:
        yield StringConstraints(min_length=1, max_length=self.most)
        yield AfterValidator(_without_nul)
        yield AfterValidator(_not_blank)
        yield WithJsonSchema({"type": "string", "minLength": 1, "maxLength": self.most, "pattern": _SAYS_SOMETHING})


class Whole(GroupedMetadata):
    """The rules of a whole number in a query: `Annotated[int, Whole(1, 50)]`."""

    def __init__(self, lowest: int, highest: int) -> None:
        self.lowest = lowest
        self.highest = highest

    def __iter__(self) -> Iterator[object]:
        # In this order the bounds are those of an integer, and the schema says them so.
        yield Interval(ge=self.lowest, le=self.highest)
        yield BeforeValidator(_whole)


Email = Annotated[
    str,
    StringConstraints(max_length=LONGEST_EMAIL),
    AfterValidator(_without_nul),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": LONGEST_EMAIL}),
]
Id = Annotated[
    str, AfterValidator(_identifier), WithJsonSchema({"type": "string", "format": "uuid", "pattern": ID_PATTERN})
]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]

# The default of a field that an edit may leave out; which fields were sent is asked of the model, not of the value.
UNSET: Any = None

_SENTENCES = {
    "missing": "Required",
    "extra_forbidden": "Unknown field",
    "string_type": "Must be a string",
    "list_type": "Must be a list",
    "bool_type": "Must be true or false",
}


def validated(model: type[T], value: Any, wrong: Mapping[str, list[str]] | None = None) -> T:
    """Return `value` as a `model`; raises `Invalid` naming every wrong field at once.

    `wrong` is what was found of some fields before: of these nothing else is said.
    """
    if isinstance(value, Mapping) and len(value) > MOST_FIELDS:
        # Naming ten thousand unknown ones would cost far more than they did.
        raise Invalid(form_errors=[f"Must have at most {MOST_FIELDS} fields"])
    try:
        made = model.model_validate(value)
    except ValidationError as error:
        found = _invalid(error.errors(include_url=False))
        raise Invalid({**found.field_errors, **(wrong or {})}, found.form_errors) from None
    if wrong:
        raise Invalid(wrong)
    return made


def _invalid(errors: list[ErrorDetails]) -> Invalid:
    fields: dict[str, list[str]] = {}
    form: list[str] = []
    for each in errors:
        if each["loc"]:
            fields.setdefault(str(each["loc"][0]), []).append(_sentence(each))
        else:
            form.append("Must be a JSON object" if each["type"] == "model_type" else _sentence(each))
    return Invalid(fields, form)


def _sentence(error: ErrorDetails) -> str:
    limits = error.get("ctx", {})
    match error["type"]:
        case "string_too_long":
            return f"Must be at most {limits['max_length']} characters"
        case "string_too_short":
            return "Required" if limits["min_length"] == 1 else f"Must be at least {limits['min_length']} characters"
        case "too_long":
            return f"Must have at most {limits['max_length']} entries"
        case "literal_error":
            choices = limits["expected"].replace("'", "").replace(" or ", ", ")
            return f"Must be one of {choices}"
        case "greater_than_equal" | "less_than_equal":
            return f"Must be {'at least' if 'ge' in limits else 'at most'} {limits.get('ge', limits.get('le'))}"
        case kind:
            return _SENTENCES.get(kind, error["msg"])
