"""The addresses of coming in, of oneself, and of the people of a workspace."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from tixallo.workspaces import entering, profiles, second_factor_views, settings_views, views, welcoming

# Before allauth's own of the same names.
_second_factor = [
    path("authenticate/", second_factor_views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("authenticate/challenge/", second_factor_views.challenge_as_second_factor, name="passkey_as_second_factor"),
    path("recovery-codes/", second_factor_views.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/download/", RedirectView.as_view(pattern_name="mfa_view_recovery_codes")),
    path("webauthn/add/", second_factor_views.Add.as_view(), name="mfa_add_webauthn"),
    path("webauthn/add/challenge/", second_factor_views.challenge_to_add, name="passkey_to_add"),
    path("webauthn/login/", second_factor_views.SignIn.as_view(), name="mfa_login_webauthn"),
    path("webauthn/login/challenge/", second_factor_views.challenge_to_sign_in, name="passkey_to_sign_in"),
    path("webauthn/reauthenticate/", second_factor_views.Confirm.as_view(), name="mfa_reauthenticate_webauthn"),
    path("webauthn/reauthenticate/challenge/", second_factor_views.challenge_to_confirm, name="passkey_to_confirm"),
]

urlpatterns = [
    path("", entering.start, name="start"),
    path(f"{welcoming.PATH}<str:token>", entering.welcome, name="welcome"),
    path(f"{welcoming.PATH}<str:token>/workspace", entering.welcome_workspace, name="welcome_workspace"),
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
    path("account/second-factor/", include(_second_factor)),
    path("account/second-factor/", include("allauth.mfa.urls")),
]
