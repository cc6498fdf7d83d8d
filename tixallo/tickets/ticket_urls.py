"""The addresses of a ticket's page and of what can be done there; of customers, companies and saved replies."""

from django.urls import path

from tixallo.tickets import customer_views, draft_views, saving_views
from tixallo.tickets import ticket_views as views

_TICKET = "w/<slug:slug>/tickets/<int:number>"

urlpatterns = [
    path("w/<slug:slug>/customers/<str:customer_id>", customer_views.customer, name="customer"),
    path("w/<slug:slug>/companies/<str:company_id>", customer_views.company, name="company"),
    path("w/<slug:slug>/replies", saving_views.saved_replies, name="saved_replies"),
    path("w/<slug:slug>/replies/new", saving_views.new_saved_reply, name="new_saved_reply"),
    path("w/<slug:slug>/replies/<str:reply_id>", saving_views.edit_saved_reply, name="edit_saved_reply"),
    path("w/<slug:slug>/replies/<str:reply_id>/delete", saving_views.delete_saved_reply, name="delete_saved_reply"),
    path(_TICKET, views.ticket, name="ticket"),
    path(f"{_TICKET}/reply", views.reply, name="reply"),
    path(f"{_TICKET}/held/<str:held_id>/undo", views.undo_reply, name="undo_reply"),
    path(f"{_TICKET}/note", views.note, name="note"),
    path(f"{_TICKET}/drafts/<str:kind>", draft_views.draft, name="draft"),
    path(f"{_TICKET}/drafts/<str:kind>/discard", draft_views.discard_draft, name="discard_draft"),
    path(f"{_TICKET}/read", views.read, name="read"),
    path(f"{_TICKET}/present", views.present, name="present"),
    path(f"{_TICKET}/poll", views.poll, name="ticket_poll"),
    path(f"{_TICKET}/edit", views.edit, name="edit_ticket"),
    path(f"{_TICKET}/subject", views.rename, name="rename_ticket"),
    path(f"{_TICKET}/undo/<int:revision>", views.undo_edit, name="undo_edit"),
    path(f"{_TICKET}/remove", views.remove, name="remove_ticket"),
    path(f"{_TICKET}/restore", views.restore, name="restore_ticket"),
    path(f"{_TICKET}/merge", views.merge, name="merge_ticket"),
    path(f"{_TICKET}/unmerge", views.unmerge, name="unmerge_ticket"),
]
