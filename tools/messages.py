"""Keep the English catalogue: find every text a user sees, add what is new, drop what is gone.

The texts in code and templates are Danish; src/kvarter/locale/en holds their English. `--check` changes nothing and
fails when the catalogue is behind.
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
KEYWORDS = dict.fromkeys(("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"))


def texts() -> Iterator[tuple[str, str | tuple[str, str], str | None]]:
    """(file, text or (singular, plural), context) of every text in code and templates."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in file.parts:
            yield from _in_code(str(file.relative_to(SOURCE)), file.read_bytes())
    for file in sorted([*SOURCE.rglob("*.html"), *SOURCE.rglob("templates/**/*.txt")]):
        if "frontend" not in file.parts:
            yield from _in_code(str(file.relative_to(SOURCE)), _flat(templatize(file.read_text())).encode())


def _flat(code: str) -> str:
    """What Django makes of a template looks like Python but for its indentation."""
    return "\n".join(line.lstrip() for line in code.splitlines())


def _in_code(name: str, code: bytes) -> Iterator[tuple[str, str | tuple[str, str], str | None]]:
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


def updated(old: Catalog) -> Catalog:
    """The catalogue with just the texts in use, and the English they had."""
    new = Catalog(locale="en", project="Kvarter", fuzzy=False, charset="utf-8")
    new.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", "nplurals=2; plural=(n != 1);")]
    for name, text, context in texts():
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
    """The texts that have no English."""

    def empty(string: object) -> bool:
        return not all(string) if isinstance(string, tuple) else not string

    return [str(message.id) for message in catalogue if message.id and empty(message.string)]


def main() -> int:
    """Update the catalogue, or check it with --check; 1 when something is missing."""
    old = Catalog(locale="en")
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            old = read_po(file, locale="en")
    new = updated(old)
    if "--check" not in sys.argv:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        CATALOGUE.write_text(written(new))
    gone = missing(new)
    for text in gone:
        print(f"no English: {text!r}")
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main())
