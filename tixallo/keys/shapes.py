"""What the API answers of the key itself."""

from tixallo.keys.models import ENVIRONMENTS
from tixallo.keys.scopes import SCOPES
from tixallo.kit.shapes import ID, TEXT, TIME, WHOLE, Described, nullable

KEY = Described(
    "Key",
    {
        "type": "object",
        "properties": {
            "id": ID,
            "name": TEXT,
            "environment": {"type": "string", "enum": list(ENVIRONMENTS)},
            "workspace": {
                "type": "object",
                "properties": {"id": ID, "name": TEXT, "slug": TEXT},
                "required": ["id", "name", "slug"],
                "additionalProperties": False,
            },
            "scopes": {"type": "array", "items": {"type": "string", "enum": list(SCOPES)}},
            "limit": {"description": "Requests in 60 seconds.", **WHOLE},
            "expires_at": nullable(TIME),
        },
        "required": ["id", "name", "environment", "workspace", "scopes", "limit", "expires_at"],
        "additionalProperties": False,
    },
)
