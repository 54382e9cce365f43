"""Keep the catalogues: find every text a user sees, add what is new, drop what is gone.

The texts in code and templates are Danish. src/kvarter/locale/en holds their English, and locale/ar the Arabic of those
that somebody meets who answers the survey. `--check` changes nothing and fails when a catalogue is behind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kvarter"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
ARABIC = SOURCE / "locale" / "ar" / "LC_MESSAGES" / "django.po"
# Where the texts of answering stand; what else lies in these files is translated with them.
ANSWERING = (
    "agreements/made_up.py",
    "surveys/actions/answering.py",
    "surveys/forms/answering.py",
    "surveys/forms/background.py",
    "surveys/letters/own_language.py",
    "surveys/letters/paper.py",
    "surveys/telling.py",
    "surveys/templates/surveys/answer/",
    "surveys/views/entering.py",
    "surveys/views/leaving.py",
)
# Arabic has six forms of a number; the rule is Unicode's (CLDR).
PLURALS = {
    "en": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
Text = tuple[str, str | tuple[str, str], str | None]
KEYWORDS = dict.fromkeys(("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"))


def texts() -> Iterator[Text]:
    """(file, text or (singular, plural), context) of every text in code and templates."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in file.parts:
            yield from _in_code(str(file.relative_to(SOURCE)), file.read_bytes())
    for file in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("templates/**/*.txt")]):
        if "frontend" not in file.parts:
            yield from _in_code(str(file.relative_to(SOURCE)), _flat(templatize(file.read_text())).encode())


def texts_of(language: str) -> Iterator[Text]:
    """Those of them that are to be there in a language."""
    return (text for text in texts() if language != "ar" or text[0].startswith(ANSWERING))


def _flat(code: str) -> str:
    """What Django makes of a template looks like Python but for its indentation."""
    return "\n".join(line.lstrip() for line in code.splitlines())


def _in_code(name: str, code: bytes) -> Iterator[Text]:
    for _line, function, found, _comments in extract_python(BytesIO(code), KEYWORDS, (), {}):
        name_of = str(function)
        words = [str(part) for part in (found if isinstance(found, list | tuple) else [found]) if part]
        if not words:
            continue
        if name_of.startswith("pgettext"):
            yield name, words[1], words[0]
        elif name_of.startswith("ngettext"):
            yield name, (words[0], words[1]), None
        else:
            yield name, words[0], None


def updated(old: Catalog, language: str = "en") -> Catalog:
    """The catalogue with just the texts in use, and the words they had."""
    new = Catalog(locale=language, project="Kvarter", fuzzy=False, charset="utf-8")
    new.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", PLURALS[language])]
    for name, text, context in texts_of(language):
        known = old.get(text, context)
        new.add(text, known.string if known else "", locations=[(name, 0)], context=context)
    return new


def written(catalogue: Catalog) -> str:
    """The catalogue as it stands in the file."""
    out = BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, omit_header=False, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated-By')))


def missing(catalogue: Catalog) -> list[str]:
    """The texts that have no words in it."""

    def empty(string: object) -> bool:
        return not all(string) if isinstance(string, tuple) else not string

    return [str(message.id) for message in catalogue if message.id and empty(message.string)]


def main() -> int:
    """Update the catalogues, or check them with --check; 1 when something is missing."""
    return max([_kept("en", CATALOGUE), _kept("ar", ARABIC)])


def _kept(language: str, file: Path) -> int:
    old = Catalog(locale=language)
    if file.exists():
        with file.open("rb") as read:
            old = read_po(read, locale=language)
    new = updated(old, language)
    if "--check" not in sys.argv:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(new))
    gone = missing(new)
    for text in gone:
        print(f"no {language}: {text!r}")
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main())
