"""What comes in about tickets and messages, and the rules that it must meet."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from tixallo.kit.fields import UNSET, Email, Id, Input, Moment, Text
from tixallo.kit.paging import Page
from tixallo.tickets.models import LONGEST_SUBJECT, LONGEST_TAG, LONGEST_TEXT, MOST_TAGS
from tixallo.tickets.searching import LONGEST_SEARCH, MOST_WORDS_ASKED, has_too_many_words
from tixallo.workspaces.models import LONGEST_NAME

Status = Literal["new", "open", "pending", "resolved", "closed"]
Priority = Literal["low", "medium", "high", "urgent"]
Tag = Annotated[str, Text(LONGEST_TAG)]


def _words(text: str) -> str:
    if has_too_many_words(text):
        raise PydanticCustomError("words", f"Must have at most {MOST_WORDS_ASKED} words")
    return text


class TicketFilter(Page):
    """Which tickets to list; each filter given narrows the list."""

    status: Status | None = None
    priority: Priority | None = None
    customer_id: Id | None = None
    customer_email: Email | None = None
    tag: Tag | None = None
    updated_since: Moment | None = None
    q: Annotated[str, Text(LONGEST_SEARCH), AfterValidator(_words)] | None = None

    def may_be_kept(self) -> bool:
        """The index follows a customer's new name a moment later, at the same revision."""
        return self.q is None

    def filters(self) -> dict[str, Any]:
        """Return the filters that were given."""
        return self.model_dump(exclude={"limit", "cursor"}, exclude_none=True)


class NewTicket(Input):
    """A ticket to open. The customer with the address is found, whatever its case, or created."""

    subject: Annotated[str, Text(LONGEST_SUBJECT)]
    description: Annotated[str, Text(LONGEST_TEXT)]
    customer_email: Email
    customer_name: Annotated[str, Text(LONGEST_NAME)] = UNSET
    priority: Priority = "medium"


class TicketEdits(Input):
    """The fields of a ticket to change; those left out stay as they are. `tags` replaces all tags."""

    status: Status = UNSET
    priority: Priority = UNSET
    subject: Annotated[str, Text(LONGEST_SUBJECT)] = UNSET
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] = UNSET
    assignee_id: Id | None = UNSET


class Merge(Input):
    """The ticket to merge into."""

    into: Id


class NewMessage(Input):
    """A public message to append: the workspace's, which goes to the customer, or the customer's own."""

    body: Annotated[str, Text(LONGEST_TEXT)]
    author: Literal["workspace", "customer"] = "workspace"
