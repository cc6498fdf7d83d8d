"""One recorded conversation with the API: every answer, ids and times aside, is the same on both databases.

`RECORD=1 python -m pytest tests/api/test_transcript.py` writes it anew, for a change of answers that is meant.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from tests.cast import Answer, Member, Player

_RECORDED = Path(__file__).with_name("transcript.json")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

# Method, path and body; <1> is the first id that any answer showed, and so on.
_MESSY = "Ünï “quotes” \\ / \u2028 \t 🖨 <b>&amp; %s ? \x01 e\u0301"
CONVERSATION: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/tickets", None),
    ("POST", "/companies", {"name": _MESSY, "domains": ["b.example", "A.example", "b.example"]}),
    ("POST", "/companies", {"name": "Other", "domains": ["a.example"]}),
    ("POST", "/tickets", {"subject": _MESSY, "description": _MESSY, "customer_email": "Carla@a.example"}),
    (
        "POST",
        "/tickets",
        {"subject": "Two", "description": "x\ny", "customer_email": "CARLA@A.example", "priority": "low"},
    ),
    (
        "POST",
        "/tickets",
        {"subject": "Three", "description": "z", "customer_email": "gus@c.example", "customer_name": "Gus"},
    ),
    ("POST", "/tickets", {"subject": "", "priority": 5, "customer_email": "x", "more": None}),
    ("POST", "/customers", {"email": "gus@c.example"}),
    ("POST", "/customers", {"email": "zoe@c.example", "name": "Zoë", "company_id": None}),
    ("GET", "/tickets", None),
    ("GET", "/tickets?limit=2", None),
    ("GET", "/tickets?limit=51&status=x&tag=&q=&updated_since=x&customer_id=x&sort=1", None),
    ("PATCH", "/tickets/<2>", {"tags": ["z", "Ä", '"', "a", "z"], "status": "pending", "priority": "urgent"}),
    ("PATCH", "/tickets/<2>", {"tags": ["a", '"', "Ä", "z"]}),
    ("PATCH", "/tickets/<2>", {"assignee_id": "<AGENT>"}),
    ("PATCH", "/tickets/<2>", {"assignee_id": "<OUTSIDER>"}),
    ("POST", "/tickets/<2>/messages", {"body": _MESSY}),
    ("POST", "/tickets/<2>/messages", {"body": "Theirs", "author": "customer"}),
    ("PATCH", "/tickets/<2>", {"status": "closed", "assignee_id": None}),
    ("POST", "/tickets/<2>/messages", {"body": "Theirs again", "author": "customer"}),
    ("GET", "/tickets/<2>", None),
    ("GET", "/tickets/<2>/messages", None),
    ("GET", "/tickets?status=closed", None),
    ("GET", "/tickets?tag=%C3%84&priority=urgent", None),
    ("GET", "/tickets?customer_email=CARLA@a.EXAMPLE&updated_since=2020-01-01T00:00:00Z", None),
    ("GET", "/tickets?updated_since=2999-01-01T00:00:00Z", None),
    ("GET", "/tickets?q=uni+quo", None),
    ("GET", "/tickets?q=gus+c+exam", None),
    ("GET", "/tickets?q=%22*%28NEAR%29", None),
    ("GET", "/customers", None),
    ("GET", "/customers?email=gus@C.example", None),
    ("GET", "/customers/<3>", None),
    ("GET", "/customers/<3>/tickets", None),
    ("PATCH", "/customers/<3>", {"name": _MESSY, "email": "carla@b.example"}),
    ("PATCH", "/companies/<1>", {"domains": ["c.example"], "name": "Renamed"}),
    ("PATCH", "/companies/<1>", {"domains": ["nodot"]}),
    ("GET", "/companies", None),
    ("GET", "/companies/<1>", None),
    ("GET", "/customers/<1>", None),
    ("GET", "/tickets/00000000-0000-7000-8000-000000000000", None),
    ("DELETE", "/tickets", None),
    ("GET", "/events?limit=100", None),
    ("GET", "/key", None),
)


class Names:
    """Ids and times by the order of their first appearance."""

    def __init__(self, acme: Player, outsider: str) -> None:
        self._ids: list[str] = []
        self._known = {acme.id: "<WORKSPACE>", acme.key.id: "<KEY>", acme.agent.id: "<AGENT>", outsider: "<OUTSIDER>"}
        self._slug = acme.slug

    def filled(self, text: str) -> str:
        """Return the text with ids in place of their names."""
        for identifier, name in self._known.items():
            text = text.replace(name, identifier)
        for number, identifier in enumerate(self._ids, start=1):
            text = text.replace(f"<{number}>", identifier)
        return text

    def named(self, answer: Answer) -> Any:
        """Return an answer with names in place of ids, times and cursors."""
        text = _TIME.sub("<TIME>", _ID.sub(self._name, answer.body.decode())).replace(self._slug, "<SLUG>")
        value = json.loads(text)
        cursor = value.get("next_cursor")
        if cursor is not None and not cursor.startswith("<"):
            value["next_cursor"] = "<CURSOR>"
        return {"status": answer.status, "body": value}

    def _name(self, match: re.Match[str]) -> str:
        identifier = match[0]
        if identifier in self._known:
            return self._known[identifier]
        if identifier not in self._ids:
            self._ids.append(identifier)
        return f"<{self._ids.index(identifier) + 1}>"


def test_a_conversation_goes_as_it_is_recorded(acme: Player, outsider: Member) -> None:
    names = Names(acme, outsider.id)
    said = []
    for method, path, value in CONVERSATION:
        body = None if value is None else names.filled(json.dumps(value)).encode()
        answer = acme.request(method, names.filled(path), body)
        said.append({"request": f"{method} {path}", "sent": value, **names.named(answer)})
    if os.environ.get("RECORD"):
        _RECORDED.write_text(json.dumps(said, indent=1, ensure_ascii=True) + "\n")
    assert said == json.loads(_RECORDED.read_text())
