"""What a new installation starts with: Høje Gladsaxe, in an edition of our own words, through the same importer."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.agreements.actions.family import change_partnership
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.actions.translating import add_translation
from kvarter.agreements.models import Partnership
from kvarter.agreements.reading import read_agreement
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area

SLUG = "hoeje-gladsaxe"
# The signed text bears no date. It names the cooperation agreement of 2025-2026 as part of the same frame.
IN_FORCE_FROM = date(2025, 1, 1)


def is_empty() -> bool:
    """Whether the installation has no partnership yet (one SQL query)."""
    return not Partnership.objects.exists()


@transaction.atomic
def load_hoeje_gladsaxe() -> Partnership:
    """Import the shipped edition, lay its English beside it, and tie it to its area."""
    folder = files("kvarter.agreements") / "editions"
    danish = read_agreement((folder / f"{SLUG}.da.md").read_bytes(), f"{SLUG}.da.md")
    english = read_agreement((folder / f"{SLUG}.en.md").read_bytes(), f"{SLUG}.en.md")
    done = accept_import(
        by=OPERATOR,
        text=danish,
        partnership_slug=SLUG,
        partnership_name="Sammen om Høje Gladsaxe",
        in_force_from=IN_FORCE_FROM,
        basis=_("Aftalen har ingen dato. Dagen er begyndelsen på samarbejdsaftalen 2025-2026, som den nævner."),
    )
    if done.version:
        add_translation(by=OPERATOR, version=done.version, text=english)
    rest = add_area(
        by=OPERATOR, slug="resten-af-gladsaxe", name="Resten af Gladsaxe Kommune", name_en="The rest of Gladsaxe"
    )
    area = add_area(by=OPERATOR, slug=SLUG, name="Høje Gladsaxe", name_en="Høje Gladsaxe", reference=rest)
    return change_partnership(
        by=OPERATOR,
        partnership=done.partnership,
        name=done.partnership.name,
        visibility=done.partnership.visibility,
        area=area,
    )
