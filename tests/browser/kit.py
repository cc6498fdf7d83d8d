"""Pages that show every component, for the tests alone; served by a small server of their own, without a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import override_settings
from django.urls import path

from tixallo.kit import clock
from tixallo.kit.errors import Busy, Conflict
from tixallo.workspaces.models import Role

TEMPLATES = str(Path(__file__).parent / "templates")
drafts: list[str] = []
polls: list[str] = []
news: list[str] = []
fetched: list[str] = []


class Kit(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="What your software is called.", max_length=40)
    environment = forms.ChoiceField(choices=[("", "Choose one"), ("production", "production"), ("staging", "staging")])
    description = forms.CharField(required=False, widget=forms.Textarea({"rows": 3}))
    after = forms.ChoiceField(
        choices=[("next", "Open the next one"), ("list", "Go to the list")], widget=forms.RadioSelect, initial="next"
    )
    mail = forms.BooleanField(required=False, label="Write me a mail when a ticket is assigned to me")


class SignIn(forms.Form):
    """What signing in asks for."""

    email = forms.EmailField(label="E-mail")
    password = forms.CharField(widget=forms.PasswordInput, help_text="At least 12 characters.")


def show(request: Any, name: str) -> HttpResponse:
    """Show one page of the kit; a form that was sent comes back with its errors."""
    request.workspace = SimpleNamespace(name="Acme", slug="acme")
    request.membership = SimpleNamespace(role=Role.OWNER)
    form = (SignIn if name == "plain" else Kit)(request.POST or None)
    context = {
        "form": form,
        "past": clock.now() - timedelta(hours=3),
        "long_ago": clock.now() - timedelta(days=18),
        "ahead": clock.now() + timedelta(days=6, minutes=1),
        "statuses": ["new", "open", "pending", "resolved", "closed"],
        "priorities": ["low", "medium", "high", "urgent"],
        "waiting": 3,
    }
    return render(request, f"kit/{name}.html", context)


def poll(request: HttpRequest) -> HttpResponse:
    """Answer a poll with what the test has put into `news`, once."""
    polls.append(request.headers.get("If-None-Match", ""))
    if not news:
        return HttpResponse(status=204)
    return HttpResponse(news.pop(0), headers={"ETag": f'"{len(polls)}"'})


def draft(request: HttpRequest) -> HttpResponse:
    """Keep a draft."""
    drafts.append(request.POST["text"])
    return HttpResponse(status=204)


def refuse(request: HttpRequest, why: str) -> HttpResponse:
    """Refuse in the way that the address names."""
    raise {"conflict": Conflict("It was merged."), "busy": Busy()}[why]


def nothing(request: HttpRequest, **where: str) -> HttpResponse:
    """Be there, so that links lead somewhere."""
    fetched.append(request.path)
    return HttpResponse('<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Nothing</title>')


@contextmanager
def served() -> Iterator[str]:
    """Serve the kit's pages meanwhile; gives their address."""
    _add_templates()
    with override_settings(ROOT_URLCONF=__name__):
        server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        server.set_app(get_wsgi_application())
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}/kit/"
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(WSGIRequestHandler):
    """Answers, and does not talk about it."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def _add_templates() -> None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    if TEMPLATES not in engine.engine.dirs:
        engine.engine.dirs = [*engine.engine.dirs, TEMPLATES]
        for loader in engine.engine.template_loaders:
            loader.reset()


urlpatterns = [
    path("kit/poll", poll),
    path("kit/draft", draft),
    path("kit/refuse/<str:why>", refuse),
    path("kit/<str:name>", show),
    path("w/<slug:slug>/", nothing, name="inbox"),
    path("w/<slug:slug>/tickets/<str:view>", nothing, name="inbox_view"),
    *(
        path(f"w/<slug:slug>/{name}", nothing, name=name)
        for name in ("customers", "keys", "webhooks", "people", "documentation", "settings", "profile")
    ),
]
handler404 = "tixallo.web.refusals.not_found"
handler500 = "tixallo.web.refusals.failed"
