"""How Django's forms are drawn: every `{{ form }}` and `{{ field.as_field_group }}` looks like ours."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Label, control, help and error in this order, under a linked list of all errors."""

    form_template_name = "web/components/form.html"
    field_template_name = "web/components/field.html"
