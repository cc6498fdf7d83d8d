"""What a person says of customers and companies."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from tixallo.customers.inputs import MOST_DOMAINS, is_domain
from tixallo.customers.models import Company, Customer
from tixallo.kit.fields import LONGEST_EMAIL
from tixallo.workspaces.models import LONGEST_NAME, Workspace

_MOST_COMPANIES = 500


class CustomerForm(forms.Form):
    """Name, address and company."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=LONGEST_EMAIL)
    company_id = forms.ChoiceField(label=gettext_lazy("Company"), required=False)

    def __init__(self, workspace: Workspace, customer: Customer | None, *args: Any, **kwargs: Any) -> None:
        """Offer the workspace's companies; `customer` is who is edited, if anybody."""
        super().__init__(*args, **{"initial": {} if customer is None else _facts(customer), **kwargs})
        self._workspace, self._customer = workspace, customer
        companies = dict(workspace.companies.order_by("name").values_list("id", "name")[:_MOST_COMPANIES])
        # Where there are more, another name of the customer must not take them out of theirs.
        if customer is not None and customer.company is not None:
            companies.setdefault(customer.company.id, customer.company.name)
        company: Any = self.fields["company_id"]
        company.choices = [("", gettext("None")), *companies.items()]

    def clean_email(self) -> str:
        """Refuse an address that somebody else has."""
        email = str(self.cleaned_data["email"])
        found = self._workspace.customers.filter(email_key=email.lower()).first()
        if found is not None and (self._customer is None or found.id != self._customer.id):
            said = gettext("This address belongs to %(name)s.") % {"name": found.name}
            raise forms.ValidationError(_leading(said, "customer", self._workspace, found))
        return email

    def clean_company_id(self) -> str | None:
        """Return the id of the company, or nothing."""
        return self.cleaned_data["company_id"] or None

    def said(self) -> dict[str, Any]:
        """Return the valid fields; the company only where another one was chosen, as a form always sends the field."""
        return {
            field: value
            for field, value in self.cleaned_data.items()
            if field != "company_id" or field in self.changed_data
        }


class CompanyForm(forms.Form):
    """Name and mail domains."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    domains = forms.CharField(
        label=gettext_lazy("Mail domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One on each line, like acme.example. Customers of these domains belong to the company."
        ),
    )

    def __init__(self, workspace: Workspace, company: Company | None, *args: Any, **kwargs: Any) -> None:
        """`company` is what is edited, if anything."""
        super().__init__(*args, **kwargs)
        self._workspace, self._company = workspace, company

    def clean_domains(self) -> list[str]:
        """Return the domains; each must be one, and no other company's."""
        domains = sorted({word.lower() for word in self.cleaned_data["domains"].replace(",", " ").split()})
        wrong = [domain for domain in domains if not is_domain(domain)]
        if wrong:
            raise forms.ValidationError(gettext("%(domain)s is not a domain.") % {"domain": wrong[0]})
        if len(domains) > MOST_DOMAINS:
            raise forms.ValidationError(gettext("At most %(most)s domains.") % {"most": MOST_DOMAINS})
        taken = self._workspace.company_domains.filter(domain__in=domains).select_related("company")
        for claim in taken:
            if self._company is None or claim.company_id != self._company.id:
                said = gettext("%(domain)s belongs to %(name)s.") % {"domain": claim.domain, "name": claim.company.name}
                raise forms.ValidationError(_leading(said, "company", self._workspace, claim.company))
        return domains


def _leading(said: str, page: str, workspace: Workspace, owner: Customer | Company) -> SafeString:
    """Return what is said of something that is in use, with a link to whose it is."""
    address = reverse(page, args=[workspace.slug, owner.id])
    return format_html('{} <a href="{}">{}</a>', said, address, gettext("Open %(name)s") % {"name": owner.name})


def _facts(customer: Customer) -> dict[str, Any]:
    return {"name": customer.name, "email": customer.email, "company_id": customer.company_id or ""}
