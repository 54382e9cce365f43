"""Kinds of organisation, apart from the models so that reading a file needs no database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    """What sort of organisation it is."""

    MUNICIPALITY = "municipality", _("kommune")
    HOUSING = "housing", _("boligorganisation")
    POLICE = "police", _("politi")
    ASSOCIATION = "association", _("forening")
    OTHER = "other", _("anden organisation")
