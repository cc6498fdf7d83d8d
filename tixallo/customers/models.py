"""Customers, who write to a workspace, and the companies they belong to."""

import orjson
from django.db import models
from django.db.models.functions import Lower

from tixallo.kit import clock
from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.kit.ids import IdField, new_id
from tixallo.workspaces.models import LONGEST_NAME, Workspace


class Company(models.Model):
    """A company; it can claim mail domains, whose customers then belong to it."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="companies", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    domains = models.TextField(default="[]")
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "companies"
        indexes = (
            models.Index(fields=["workspace", "created_at", "id"], name="company_list"),
            models.Index("workspace", Lower("name"), name="company_name"),
        )

    def domain_list(self) -> list[str]:
        """Return the mail domains that the company has claimed."""
        found: list[str] = orjson.loads(self.domains)
        return found


class CompanyDomain(models.Model):
    """A mail domain that a company has claimed; the company's `domains` repeats it for reading."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="company_domains", db_index=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="claims", db_index=False)
    domain = models.CharField(max_length=LONGEST_EMAIL)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "domain"], name="one_company_per_domain"),)
        indexes = (models.Index(fields=["workspace", "company"], name="domains_of_company"),)


class Customer(models.Model):
    """Someone who writes to the workspace, known by one address; `email_key` is the address as it is compared."""

    id = IdField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="customers", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    email = models.CharField(max_length=LONGEST_EMAIL)
    email_key = models.CharField(max_length=LONGEST_EMAIL)
    domain = models.CharField(max_length=LONGEST_EMAIL)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, related_name="customers", db_index=False)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "email_key"], name="one_customer_per_address"),)
        indexes = (
            models.Index(fields=["workspace", "created_at", "id"], name="customer_list"),
            models.Index(fields=["workspace", "domain"], name="customer_domain"),
            models.Index(fields=["workspace", "company"], name="customer_company"),
            models.Index("workspace", Lower("name"), name="customer_name"),
        )
