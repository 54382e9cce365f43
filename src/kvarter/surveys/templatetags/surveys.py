"""How the room writes its numbers."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import floatformat

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share as a number of per cent, with one decimal."""
    return floatformat(100 * share, 1)
