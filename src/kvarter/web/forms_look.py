"""How a form looks: Django's forms drawn with the components of Det Fælles Designsystem.

Settings name `KvarterRenderer`; from then on `{{ form }}`, `{{ formset }}` and `{{ form.name.as_field_group }}` draw
label, hint, error and field as the design system documents them. The markup is in `templates/django/forms/`, at the
paths Django itself uses. What a template cannot know (which class a widget takes, how a field is marked) is here.

A date field needs `widget=DateInput`: then the browser's calendar opens and the value is the same in both languages.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

LONG_TEXT = 100
_CLASSES = {"checkbox": "form-checkbox", "radio": "form-radio", "select": "form-select", "file": "", "hidden": ""}
_WIDTHS = {"date": "input-width-s", "time": "input-width-xs", "number": "input-width-xs", "url": "input-width-xl"}


class KvarterField(BoundField):
    """A field as the templates meet it."""

    @property
    def widget_kind(self) -> str:
        """The widget's input type; `textarea` and composed widgets, which have none, are `text`."""
        return getattr(self.field.widget, "input_type", "text")

    @property
    def is_tick(self) -> bool:
        """One checkbox of its own: its label stands after it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def first_id(self) -> str:
        """Where a link in the error summary leads: the field, or the first of its choices."""
        return self.id_for_label or f"{self.auto_id}_0"

    @property
    def plain_label(self) -> str:
        """The label without a mark at its end, to stand before a colon in the error summary."""
        return str(self.label).rstrip(" :?!.")

    @property
    def marking(self) -> SafeString | str:
        """Only the fewer are marked: optional fields where most are required, required ones where most are optional.

        A tick says itself that it may be left; one that must be set is always marked.
        """
        if self.field.disabled:
            return ""
        if self.field.required and (self.is_tick or not _mostly_required(self.form)):
            return _in_brackets(_("*skal udfyldes"))
        if not self.field.required and not self.is_tick and _mostly_required(self.form):
            return _in_brackets(_("frivilligt"))
        return ""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes and the design system's classes. A placeholder is left out: a hint stays readable."""
        given = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if classes := _classes(widget, str(given.get("class") or "")):
            given["class"] = classes
        if "placeholder" in widget.attrs:
            given["placeholder"] = False
        if getattr(widget, "input_type", "") == "radio":
            given.pop("aria-invalid", None)  # belongs to the group of radios, not to each of them
        return given


class KvarterRenderer(TemplatesSetting):
    """Django's FORM_RENDERER: our templates and our bound field."""

    bound_field_class = KvarterField


def _mostly_required(form: forms.BaseForm) -> bool:
    """Whether at least half of the fields one fills in are required. Counted once for a form."""
    known: dict[str, Any] = vars(form)
    if "mostly_required" not in known:
        fields = [bound.field for bound in form.visible_fields()]
        asked = [f.required for f in fields if not f.disabled and not isinstance(f.widget, forms.CheckboxInput)]
        known["mostly_required"] = 2 * sum(asked) >= len(asked)
    return bool(known["mostly_required"])


def _in_brackets(text: str) -> SafeString:
    return format_html('<span class="weight-normal"> ({})</span>', text)


def _classes(widget: forms.Widget, also: str) -> str:
    kind = getattr(widget, "input_type", "text")
    own = widget.attrs.get("class", "")
    names = [_CLASSES.get(kind, "form-input"), "" if "input-" in own else _width(kind, widget), own, also]
    return " ".join(name for name in names if name)


def _width(kind: str, widget: forms.Widget) -> str:
    """A field is as wide as what one writes in it."""
    if isinstance(widget, forms.TextInput) and int(widget.attrs.get("maxlength") or 0) >= LONG_TEXT:
        return "input-width-xl"
    return _WIDTHS.get(kind, "")
