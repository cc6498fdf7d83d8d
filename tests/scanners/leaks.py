"""The places where keys leak: files of six kinds, each written as people write it, each key in a file of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tixallo.keys.token import PREFIXES, generate

KEYS_PER_CONTENT = 200

# File name → contents; «key» stands for the key.
FILES = {
    ".env": (
        "TIXALLO_API_KEY=«key»\n",
        "export TIXALLO_API_KEY=«key»\n",
        'TIXALLO_API_KEY="«key»"\n',
        "TIXALLO_API_KEY='«key»'\n",
        "TIXALLO_API_KEY = «key»\n",
        "API_KEY=«key»\n",
        "api_key=«key»\n",
        "# The help desk\nTIXALLO_URL=https://support.example\n\nTIXALLO_API_KEY=«key»\nDEBUG=1\n",
    ),
    "settings.yaml": (
        "TIXALLO_API_KEY: «key»\n",
        'TIXALLO_API_KEY: "«key»"\n',
        "api_key: '«key»'\n",
        "tixallo:\n  url: https://support.example\n  api_key: «key»\n",
        "services:\n  bot:\n    environment:\n      TIXALLO_API_KEY: «key»\n",
        "services:\n  bot:\n    environment:\n      - TIXALLO_API_KEY=«key»\n",
        "env:\n  - name: TIXALLO_API_KEY\n    value: «key»\n",
        "token: «key»\n",
    ),
    "settings.json": (
        '{"TIXALLO_API_KEY": "«key»"}\n',
        '{"api_key": "«key»"}\n',
        '{\n  "tixallo": {\n    "url": "https://support.example",\n    "apiKey": "«key»"\n  }\n}\n',
        '{"token":"«key»"}\n',
    ),
    "bot.py": (
        'TIXALLO_API_KEY = "«key»"\n',
        "api_key = '«key»'\n",
        'api_key: str = "«key»"\n',
        'os.environ["TIXALLO_API_KEY"] = "«key»"\n',
        'settings = {"api_key": "«key»"}\n',
        'client = Tixallo(\n    api_key="«key»",\n)\n',
        'token = "«key»"\n',
    ),
    "bot.js": (
        'const TIXALLO_API_KEY = "«key»";\n',
        "const apiKey = '«key»'\n",
        "const apiKey = `«key»`;\n",
        'process.env.TIXALLO_API_KEY = "«key»";\n',
        'export default { apiKey: "«key»" };\n',
        'const client = new Tixallo({ apiKey: "«key»" });\n',
        "const client = new Tixallo({\n  apiKey: '«key»',\n});\n",
        'const token = "«key»";\n',
    ),
}

CURL_FILES = {
    "tickets.sh": (
        'curl -H "Authorization: Bearer «key»" https://support.example/api/v1/tickets\n',
        "curl https://support.example/api/v1/tickets \\\n  -H 'Authorization: Bearer «key»'\n",
        "curl -sS -X POST --header 'authorization: bearer «key»' --json '{\"tags\": []}' https://support.example\n",
    ),
    "README.md": (
        'Try it:\n\n```sh\ncurl -H "Authorization: Bearer «key»" https://support.example/api/v1/tickets\n```\n',
    ),
}

# Headers in code, and calls on one line: no variable of a telling name holds the key.
BARE_FILES = {
    "bare.py": (
        'headers = {"Authorization": "Bearer «key»"}\n',
        'headers = {"Authorization": f"Bearer «key»"}\n',
        'log = "sent\\n«key»\\n"\n',
    ),
    "bare.js": ('fetch(url, { headers: { Authorization: "Bearer «key»" } });\n',),
    "access.log": ("2026-01-01T00:00:00Z GET /?api_key=«key» 401\n",),
}

CALLS = {"call.py": ('client = Tixallo(api_key="«key»")\n', 'answer = requests.get(url, headers=auth("«key»"))\n')}


class Leak(NamedTuple):
    """A file with one key in it; the content is as it stands in the table above."""

    path: Path
    key: str
    content: str


def write(directory: Path, *tables: Mapping[str, tuple[str, ...]]) -> list[Leak]:
    """Write every content of the tables `KEYS_PER_CONTENT` times, each with a new key, and return what was written."""
    environments = list(PREFIXES)
    leaks = []
    for table in tables:
        for name, contents in table.items():
            for place, content in enumerate(contents):
                for number in range(KEYS_PER_CONTENT):
                    key = str(generate(environments[number % len(environments)]))
                    path = directory / f"{name.strip('.')}-{place}" / str(number) / name
                    path.parent.mkdir(parents=True)
                    path.write_text(content.replace("«key»", key))
                    leaks.append(Leak(path, key, content))
    return leaks
