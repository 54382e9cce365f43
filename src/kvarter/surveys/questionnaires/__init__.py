"""The questionnaires that come with Kvarter, in our own words: forms (XLSForm) that others can copy and change."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from kvarter.surveys.questionnaire import Questionnaire
from kvarter.surveys.xlsform.reading import read_xlsform

SHIPPED = ("hoeje-gladsaxe", "hoeje-gladsaxe-unge")


@cache
def load_questionnaire(name: str) -> Questionnaire:
    """A questionnaire that comes with Kvarter, by name. Raises KeyError for another."""
    if name not in SHIPPED:
        raise KeyError(name)
    file = f"{name}.csv"
    return read_xlsform((files(__package__) / file).read_bytes(), file).questionnaire
