"""Sweeping away what has run out: sessions, links to the welcome, and counted attempts."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from tixallo.kit import clock, due, transactions
from tixallo.workspaces.models import Attempt, WelcomeLink


@due.kind("sessions.forget", every=timedelta(hours=1))
def forget_sessions(_key: str = "") -> None:
    """Delete sessions and welcome links that nobody can use any more, and attempts that no longer count."""
    with transactions.change():
        # unscoped: sessions belong to people, in every workspace alike
        Session.objects.filter(expire_date__lte=clock.now()).delete()
        WelcomeLink.objects.filter(expires_at__lte=clock.now()).delete()
        Attempt.objects.filter(until__lte=clock.now()).delete()
