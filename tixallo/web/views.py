"""The pages that belong to no package."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show what is running here and how to reach it."""
    return render(request, "web/start.html", {"origin": settings.TIXALLO.origin})
