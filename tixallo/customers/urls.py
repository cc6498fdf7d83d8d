"""The addresses of customers and companies; their own pages, which show tickets, are in `tickets`."""

from django.urls import path

from tixallo.customers import views

urlpatterns = [
    path("w/<slug:slug>/customers", views.customers, name="customers"),
    path("w/<slug:slug>/customers/new", views.new_customer, name="new_customer"),
    path("w/<slug:slug>/customers/<str:customer_id>/edit", views.edit_customer, name="edit_customer"),
    path("w/<slug:slug>/companies", views.companies, name="companies"),
    path("w/<slug:slug>/companies/new", views.new_company, name="new_company"),
    path("w/<slug:slug>/companies/<str:company_id>/edit", views.edit_company, name="edit_company"),
]
