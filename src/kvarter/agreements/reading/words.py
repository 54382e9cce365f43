"""The cue phrases that tell what a passage is, in Danish and English. All that is known of wording is here."""

from __future__ import annotations

import re

from kvarter.agreements.text import AgreementKind, Kind
from kvarter.people.kinds import OrganisationKind

# Headings, in small letters without numbering and colon: what stands under them.
SECTIONS: dict[str, Kind] = {
    **dict.fromkeys(("baggrund", "background", "indledning", "introduction"), Kind.BACKGROUND),
    **dict.fromkeys(("vision", "vores vision", "fælles vision", "our vision"), Kind.VISION),
    **dict.fromkeys(
        ("fremtidsbillede", "fremtidsbilleder", "image of the future", "images of the future"), Kind.FUTURE_IMAGE
    ),
    **dict.fromkeys(("mål", "målsætning", "målsætninger", "fælles mål", "goals", "objectives", "our goals"), Kind.GOAL),
    **dict.fromkeys(
        ("spilleregler", "fælles spilleregler", "rules of play", "ground rules", "rules of the game"), Kind.RULE_OF_PLAY
    ),
    **dict.fromkeys(("tema", "temaer", "themes"), Kind.THEME),
    **dict.fromkeys(("organisering", "organisation", "organization", "governance", "styring"), Kind.ORGANISATION),
    **dict.fromkeys(
        (
            "løbetid",
            "varighed",
            "vilkår",
            "ikrafttræden",
            "aftalens løbetid",
            "ændringer",
            "ikrafttræden og ophør",
            "term",
            "duration",
            "changes",
            "term and changes",
            "entry into force",
            "løbetid og ændringer",
        ),
        Kind.TERM,
    ),
}
PARTY_SECTIONS = {"parter", "parterne", "aftalens parter", "parties", "the parties"}
GOAL_COLUMN = {"mål", "målsætning", "målsætninger", "goal", "goals"}
PARTY_COLUMN = {"part", "parter", "organisation", "party", "parties"}

# "Mål 1: ..." and "Goal 1: ..."
NUMBERED_GOAL = re.compile(r"^(?:mål|målsætning|delmål|goal|objective)\s+\d+\s*[:.–-]\s*(?P<rest>.+)$", re.IGNORECASE)
# A line that only leads to the strategies of a goal: the kind says the same.
STRATEGY_LEAD = re.compile(r"^(?:det betyder|this means)[^.!?]*:$", re.IGNORECASE)
RULE_LEAD = re.compile(
    r"(?:fælles indsatser|joint (?:efforts|initiatives)|spilleregler|ground rules)[^.]*:$", re.IGNORECASE
)
THEME_LIST = re.compile(r"\b(?P<count>\w+)\s+(?:temaer|themes)\s*:\s*(?P<list>[^.]+)", re.IGNORECASE)

NUMBERS = {
    word: number
    for number, words in {
        1: "ét et en hvert every one",
        2: "to andet two second",
        3: "tre tredje three third",
        4: "fire fjerde four fourth",
        5: "fem femte five fifth",
        6: "seks sjette six sixth",
        7: "syv syvende seven seventh",
        8: "otte ottende eight eighth",
        9: "ni niende nine ninth",
        10: "ti tiende ten tenth",
        11: "elleve eleven",
        12: "tolv twelve",
    }.items()
    for word in words.split()
}
EVERY_YEARS = re.compile(
    r"\b(?:hvert|every)\s+(?P<number>\w+)\s+(?:år|years?)\b|\b(?P<one>hvert år|every year|årligt|annually|each year)\b",
    re.IGNORECASE,
)
SURVEY = re.compile(r"undersøgelse|spørgeskema|survey|questionnaire|måling", re.IGNORECASE)
DIALOGUE = re.compile(
    r"(?:dialog|drøft|forhandl|taler\b|discuss|negotiat|talk)\w*.*(?:videreføre|forlænge|fortsætte|continu|renew|exten)"
    r"|(?:videreføre|forlænge|continu|renew|exten)\w*.*(?:dialog|drøft|forhandl|taler\b|discuss|negotiat|talk)",
    re.IGNORECASE,
)
TERM = re.compile(
    r"(?:løbetid|løber|gælder|udløber|varer|ophører|runs|term|expires|ends|in force).*?"
    r"\b(?:til|indtil|med|i|until|to|through|on|by)\b",
    re.IGNORECASE,
)
TERM_SUBJECT = re.compile(r"aftale|partnerskab|agreement|partnership", re.IGNORECASE)
CHANGES_APPROVED = (
    re.compile(r"[Ææ]ndringer\b.*?\bgodkendes\s+(?:i|af|på)\s+(?P<body>[^.;,]+)"),
    re.compile(r"\b[Cc]hanges?\b.*?\bapproved\s+(?:by|in)\s+(?P<body>[^.;,]+)"),
    re.compile(r"\b(?:amended|changed)\b.*?\bapproval (?:of|by)\s+(?P<body>[^.;,]+)"),
)
IN_FORCE = re.compile(
    r"(?:træder i kraft|gælder fra|underskrevet|aftalen er indgået|enters? into force|in force from|signed|dateret)"
    r"[^.\n]{0,40}?(?P<day>\d{1,2}\.?\s*(?:[a-zæøå]+|\d{1,2}\.)\s*\d{4})",
    re.IGNORECASE,
)
RELATED = re.compile(
    r"(?P<kind>(?:samarbejds|del|partnerskabs)aftale\w*|helhedsplan\w*|cooperation agreement|sub-agreement)"
    r"\s+(?:om|for|on|about)?\s*['\"“”‘’„»](?P<title>[^'\"“”‘’«»]{2,80})['\"“”‘’«]\s*,?\s*"
    r"\(?(?P<from>\d{4})\s*[-–]\s*(?P<to>\d{4})",
    re.IGNORECASE,
)
RELATED_KINDS = {
    "samarbej": AgreementKind.COOPERATION,
    "cooperat": AgreementKind.COOPERATION,
    "delaftal": AgreementKind.SUB_AGREEMENT,
    "sub-agre": AgreementKind.SUB_AGREEMENT,
    "helhedsp": AgreementKind.PLAN,
    "partners": AgreementKind.PARTNERSHIP,
}
# What the text is, by words near its beginning; the first that is found.
AGREEMENT_KINDS = (
    (re.compile(r"delaftale|sub-agreement", re.IGNORECASE), AgreementKind.SUB_AGREEMENT),
    (re.compile(r"partnerskab|partnership", re.IGNORECASE), AgreementKind.PARTNERSHIP),
    (re.compile(r"samarbejdsaftale|cooperation agreement", re.IGNORECASE), AgreementKind.COOPERATION),
    (re.compile(r"helhedsplan|\bplan\b", re.IGNORECASE), AgreementKind.PLAN),
)
BETWEEN = re.compile(r"\b(?:mellem|between)\b:?\s+(?P<list>[^;]+?)(?=\.(?:\s|$)|;|\s\(|$)", re.IGNORECASE)
BINDING = re.compile(r"aftale|agreement|partnerskab|partnership|samarbejde|cooperation", re.IGNORECASE)
ORGANISATIONS = (
    (re.compile(r"kommune\b|municipality|\bregion\b|\bcouncil\b", re.IGNORECASE), OrganisationKind.MUNICIPALITY),
    (re.compile(r"politi|police", re.IGNORECASE), OrganisationKind.POLICE),
    (
        re.compile(
            r"bolig|housing|\b(?:aab|fsb|lejerbo|kab|3b|domea|himmerland|vibo|dab|boligkontoret)\b", re.IGNORECASE
        ),
        OrganisationKind.HOUSING,
    ),
    (re.compile(r"forening|association|society|\bklub|\bclub", re.IGNORECASE), OrganisationKind.ASSOCIATION),
)
MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "januar january",
            "februar february",
            "marts march",
            "april",
            "maj may",
            "juni june",
            "juli july",
            "august",
            "september",
            "oktober october",
            "november",
            "december",
        ),
        1,
    )
    for word in words.split()
}
COMMON = {
    "da": frozenset(
        ["og", "at", "det", "er", "en", "til", "af", "som", "på", "med", "for", "den", "der", "ikke", "vi", "i", "skal"]
    ),
    "en": frozenset(
        ["and", "the", "of", "to", "in", "that", "is", "for", "with", "we", "on", "are", "by", "this", "it", "shall"]
    ),
}
KEY_WORDS = {
    "da": {
        Kind.VISION: "vision",
        Kind.FUTURE_IMAGE: "fremtidsbillede",
        Kind.GOAL: "maal",
        Kind.RULE_OF_PLAY: "spilleregel",
        Kind.THEME: "tema",
        Kind.BACKGROUND: "baggrund",
        Kind.ORGANISATION: "organisering",
        Kind.TERM: "vilkaar",
        Kind.OBLIGATION: "forpligtelse",
        Kind.TEXT: "tekst",
        Kind.STRATEGY: "strategi",
        Kind.SECTION: "afsnit",
    },
    "en": {
        Kind.VISION: "vision",
        Kind.FUTURE_IMAGE: "future",
        Kind.GOAL: "goal",
        Kind.RULE_OF_PLAY: "rule",
        Kind.THEME: "theme",
        Kind.BACKGROUND: "background",
        Kind.ORGANISATION: "organisation",
        Kind.TERM: "term",
        Kind.OBLIGATION: "obligation",
        Kind.TEXT: "text",
        Kind.STRATEGY: "strategy",
        Kind.SECTION: "section",
    },
}
DUTY_TITLES = {
    "da": {
        "term_end": "Aftalens løbetid slutter",
        "dialogue": "Dialog om at videreføre aftalen",
        "survey": "Undersøgelse blandt beboerne",
        "related": "“{title}” udløber",
    },
    "en": {
        "term_end": "The agreement's term ends",
        "dialogue": "Dialogue on continuing the agreement",
        "survey": "Survey among the residents",
        "related": "“{title}” ends",
    },
}
