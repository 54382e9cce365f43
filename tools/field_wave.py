"""Put a wave in the field on an installation, and print its codes: for tests that answer as residents do.

`KVARTER_HOME=… python tools/field_wave.py PEOPLE [SECTIONS]`. The list of people is made up. Everything else is done as
the secretariat does it: a list, a draw of all of them, the field opened, letters. SECTIONS: only so many of the shipped
questionnaire's, so that a session is short.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, replace
from datetime import timedelta

AREA, SLUG = "hoeje-gladsaxe", "proeve"
HEADINGS = "Pseudonym;Område;Husstand;Køn;Alder;Vej;Navn;Adresse;Postnr;By;E-mail"


@dataclass(frozen=True)
class Letter:
    """A code, and whether a young person holds it."""

    code: str
    is_youth: bool


def put_in_field(people: int, sections: int | None = None, young: int = 0) -> list[Letter]:
    """A wave of so many people (the first `young` of them 15 years old), all drawn and written to."""
    from django.utils import timezone

    from kvarter.agreements.models import Partnership
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.drawing import Plan, draw_sample, seen_of
    from kvarter.surveys.actions.frames import accept_frame, send_frame
    from kvarter.surveys.actions.inviting import make_file
    from kvarter.surveys.actions.waves import add_questionnaire, open_field, plan_wave
    from kvarter.surveys.questionnaires import load_questionnaire

    partnership = Partnership.objects.select_related("area").get(slug=AREA)
    form, youth = load_questionnaire("hoeje-gladsaxe"), load_questionnaire("hoeje-gladsaxe-unge")
    form = replace(form, sections=form.sections[:sections])
    today = timezone.localdate()
    wave = plan_wave(
        by=OPERATOR,
        partnership=partnership,
        slug=SLUG,
        name="Prøveundersøgelsen",
        name_en="The trial survey",
        area=partnership.area,
        questionnaire=add_questionnaire(by=OPERATOR, partnership=partnership, questionnaire=form),
        youth=add_questionnaire(by=OPERATOR, partnership=partnership, questionnaire=youth),
        reference_on=today,
        opens=today,
        closes=today + timedelta(days=30),
        frame_deleted_on=today + timedelta(days=90),
        open_link=True,
        controller="Gladsaxe Kommune",
        contact="undersoegelse@kvarter.example",
        officer="raadgiver@kvarter.example",
        processors="ingen",
    )
    ages = [15] * young + [(25, 40, 57, 70)[n // 2 % 4] for n in range(people - young)]
    who = [("km"[n % 2], age) for n, age in enumerate(ages)]
    rows = [f"p{n:06d};{AREA};h{n};{g};{age};brev;Navn {n};Vej {n};2860;Søborg;" for n, (g, age) in enumerate(who)]
    content = "\n".join([HEADINGS, *rows]).encode("utf-8-sig")
    file = send_frame(by=OPERATOR, wave=wave, content=content, name="liste.csv")
    accept_frame(by=OPERATOR, wave=wave, digest=file.digest)
    wave.refresh_from_db()
    draw_sample(by=OPERATOR, wave=wave, plan=Plan({AREA: people}, seed=1), seen=seen_of(wave, file))
    wave = open_field(by=OPERATOR, wave=wave)
    made = make_file(by=OPERATOR, wave=wave, kind="invitation", channel="letter", make=list)
    return [Letter(one.code, one.is_youth) for one in made]


def main() -> None:
    """Print the codes as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvarter.config.settings")
    import django

    django.setup()
    sections = int(sys.argv[2]) if len(sys.argv) > 2 else None
    letters = put_in_field(int(sys.argv[1]), sections, young=0 if sections else 1)
    print(json.dumps([[one.code, one.is_youth] for one in letters]))


if __name__ == "__main__":
    main()
