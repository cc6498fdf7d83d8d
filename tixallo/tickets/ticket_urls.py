"""The addresses of a ticket's page and of what can be done there."""

from django.urls import path

from tixallo.tickets import ticket_views as views

_TICKET = "w/<slug:slug>/tickets/<int:number>"

urlpatterns = [
    path(_TICKET, views.ticket, name="ticket"),
    path(f"{_TICKET}/reply", views.reply, name="reply"),
    path(f"{_TICKET}/held/<str:held_id>/undo", views.undo_reply, name="undo_reply"),
    path(f"{_TICKET}/note", views.note, name="note"),
    path(f"{_TICKET}/drafts/<str:kind>", views.draft, name="draft"),
    path(f"{_TICKET}/read", views.read, name="read"),
    path(f"{_TICKET}/present", views.present, name="present"),
    path(f"{_TICKET}/poll", views.poll, name="ticket_poll"),
    path(f"{_TICKET}/edit", views.edit, name="edit_ticket"),
    path(f"{_TICKET}/undo/<int:revision>", views.undo_edit, name="undo_edit"),
    path(f"{_TICKET}/remove", views.remove, name="remove_ticket"),
    path(f"{_TICKET}/restore", views.restore, name="restore_ticket"),
    path(f"{_TICKET}/merge", views.merge, name="merge_ticket"),
    path(f"{_TICKET}/unmerge", views.unmerge, name="unmerge_ticket"),
]
