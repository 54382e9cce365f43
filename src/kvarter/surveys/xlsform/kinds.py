"""What the type of a row in a form is to us: a question, a heading, something left out, or something we cannot ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyxform.aliases import select
from pyxform.constants import SELECT_ALL_THAT_APPLY, SELECT_ONE
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from kvarter.surveys.questionnaire import Ask

_PLAIN = {
    **dict.fromkeys(("text", "string", "q string", "add text prompt"), Ask.TEXT),
    **dict.fromkeys(("integer", "int", "q int", "add integer prompt"), Ask.NUMBER),
    **dict.fromkeys(("date", "q date", "add date prompt"), Ask.DATE),
}
_NOTES = {"note", "q note", "add note prompt"}
# What a phone collects by itself: Kvarter keeps neither who answered, with what, nor when.
_COLLECTED = re.compile(
    r"(get |uri:)?(start|end|today|start[ -]?time|end[ -]?time|audit|username|email|device ?id|subscriber ?id|"
    r"sim ?serial|sim id|phone ?number|imei)"
)
_SELECT = re.compile(rf"({'|'.join(sorted(map(re.escape, select), key=len, reverse=True))})\s+(\S+)(\s+or.*)?")
_INSTEAD = (
    (r"(begin|end)[ _](repeat|loop|looped group|lgroup)", gettext_lazy("Spørg én gang, eller skriv spørgsmålene ud.")),
    (r".*calculate.*|hidden", gettext_lazy("Slet rækken: regn på svarene, når de er samlet ind.")),
    (r".*(geo|gps|location|osm).*", gettext_lazy("Kvarter spørger ikke efter steder på kort. Slet rækken.")),
    (
        r".*(image|photo|picture|audio|video|file|barcode).*",
        gettext_lazy("Kvarter tager ikke imod billeder, lyd og filer. Slet rækken."),
    ),
    (r"range", gettext_lazy("Skriv integer, og grænserne i constraint: . >= 0 and . <= 10.")),
    (r".*(decimal|percentage).*", gettext_lazy("Skriv integer, og spørg efter et helt tal.")),
    (r".*(time).*", gettext_lazy("Skriv date, og spørg efter en dag.")),
    (r".*(acknowledge|trigger).*", gettext_lazy("Skriv select_one med svarene ja og nej.")),
    (r"rank.*", gettext_lazy("Skriv select_multiple, eller et spørgsmål for hvert svar.")),
    (r".*_from_file.*|.*external.*", gettext_lazy("Skriv svarene i arket “choices”.")),
)


@dataclass(frozen=True)
class Kind:
    """What a row is. ask: set for a question, with the name of its list where it has one. what: "question", "note",
    "begin", "end" or "left_out".
    """

    what: str
    ask: Ask | None = None
    choices: str = ""


def kind_of(said: str, appearance: str) -> Kind:
    """What a row is by its type. Raises ValueError saying what to write instead of one that cannot be read."""
    text = " ".join(said.split())
    group = re.fullmatch(r"(begin|end)[ _]group", text)
    if group:
        return Kind(group[1])
    if text in _PLAIN:
        return Kind("question", _PLAIN[text])
    if text in _NOTES:
        return Kind("note")
    if _COLLECTED.fullmatch(text):
        return Kind("left_out")
    chosen = None if text in QUESTION_TYPE_DICT else _SELECT.fullmatch(text)
    if chosen and select[chosen[1]] in (SELECT_ONE, SELECT_ALL_THAT_APPLY) and "file" not in chosen[1]:
        return _choosing(chosen, appearance)
    instead = next((told for pattern, told in _INSTEAD if re.fullmatch(pattern, text)), None)
    raise ValueError(
        _("typen “%(type)s” kan ikke læses. %(instead)s")
        % {"type": said[:80], "instead": instead or _("Brug text, integer, date, select_one eller select_multiple.")}
    )


def _choosing(chosen: re.Match[str], appearance: str) -> Kind:
    if chosen[3]:
        raise ValueError(
            _("“or_other” kan ikke læses. Skriv svaret “Andet” i listen, og et tekstspørgsmål efter med relevant.")
        )
    if "label" in appearance.split():
        return Kind("left_out")
    if select[chosen[1]] == SELECT_ALL_THAT_APPLY:
        return Kind("question", Ask.MANY, chosen[2])
    return Kind("question", Ask.SCALE if "likert" in appearance.split() else Ask.ONE, chosen[2])
