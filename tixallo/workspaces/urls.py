"""The addresses of coming in, of oneself, and of the people of a workspace."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tixallo.workspaces import entering, profiles, settings_views, views

urlpatterns = [
    path("", entering.start, name="start"),
    path("welcome/<str:token>", entering.welcome, name="welcome"),
    path("welcome/<str:token>/workspace", entering.welcome_workspace, name="welcome_workspace"),
    path("invitation/<str:token>", entering.invitation, name="invitation"),
    path("workspaces/new", entering.new_workspace, name="new_workspace"),
    path("profile", profiles.profile, name="profile"),
    path("profile/confirm-address", profiles.confirm_address, name="confirm_address"),
    path("w/<slug:slug>/profile", profiles.profile_here, name="profile"),
    path("w/<slug:slug>/profile/confirm-address", profiles.confirm_address_here, name="confirm_address"),
    path("w/<slug:slug>/settings", settings_views.general, name="settings"),
    path("w/<slug:slug>/settings/test-mail", settings_views.send_test_mail, name="send_test_mail"),
    path("w/<slug:slug>/settings/failed", settings_views.failed_work, name="failed_work"),
    path("w/<slug:slug>/settings/failed/letters/<str:letter_id>", settings_views.retry_letter, name="retry_letter"),
    path("w/<slug:slug>/settings/failed/work/<str:due_id>", settings_views.retry_due, name="retry_due"),
    path("w/<slug:slug>/people", views.people, name="people"),
    path("w/<slug:slug>/people/invite", views.invite, name="invite"),
    path("w/<slug:slug>/people/<str:person_id>/role", views.change_role, name="change_role"),
    path("w/<slug:slug>/invitations/<str:invitation_id>/resend", views.resend, name="resend_invitation"),
    path("w/<slug:slug>/invitations/<str:invitation_id>/revoke", views.revoke, name="revoke_invitation"),
    # Ids have hyphens, for which allauth's own pattern leaves no room.
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9a-f-]{36})-(?P<key>[\w-]+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # One address for each person, changed on their profile.
    path("account/email/", RedirectView.as_view(pattern_name="profile"), name="account_email"),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
]
