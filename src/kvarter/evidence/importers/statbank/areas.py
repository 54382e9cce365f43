"""The areas of StatBank's tables: by code or by name, in Danish and English, as units.

Municipalities as of 2007, the five regions, eleven provinces (landsdele) and the whole country. Christiansø is no
municipality and no part of one, but stands among them as the 99th.
"""

from __future__ import annotations

import re

from kvarter.evidence.importers.extract import Unit

CHRISTIANSOE = "411"
_MUNICIPALITY_LINES = """
101 København,147 Frederiksberg,151 Ballerup,153 Brøndby,155 Dragør,157 Gentofte,159 Gladsaxe,
161 Glostrup,163 Herlev,165 Albertslund,167 Hvidovre,169 Høje-Taastrup,173 Lyngby-Taarbæk,175 Rødovre,183 Ishøj,
185 Tårnby,187 Vallensbæk,190 Furesø,201 Allerød,210 Fredensborg,217 Helsingør,219 Hillerød,223 Hørsholm,
230 Rudersdal,240 Egedal,250 Frederikssund,253 Greve,259 Køge,260 Halsnæs,265 Roskilde,269 Solrød,270 Gribskov,
306 Odsherred,316 Holbæk,320 Faxe,326 Kalundborg,329 Ringsted,330 Slagelse,336 Stevns,340 Sorø,350 Lejre,
360 Lolland,370 Næstved,376 Guldborgsund,390 Vordingborg,400 Bornholm,410 Middelfart,411 Christiansø,420 Assens,
430 Faaborg-Midtfyn,440 Kerteminde,450 Nyborg,461 Odense,479 Svendborg,480 Nordfyns,482 Langeland,492 Ærø,
510 Haderslev,530 Billund,540 Sønderborg,550 Tønder,561 Esbjerg,563 Fanø,573 Varde,575 Vejen,580 Aabenraa,
607 Fredericia,615 Horsens,621 Kolding,630 Vejle,657 Herning,661 Holstebro,665 Lemvig,671 Struer,706 Syddjurs,
707 Norddjurs,710 Favrskov,727 Odder,730 Randers,740 Silkeborg,741 Samsø,746 Skanderborg,751 Aarhus,
756 Ikast-Brande,760 Ringkøbing-Skjern,766 Hedensted,773 Morsø,779 Skive,787 Thisted,791 Viborg,810 Brønderslev,
813 Frederikshavn,820 Vesthimmerlands,825 Læsø,840 Rebild,846 Mariagerfjord,849 Jammerbugt,851 Aalborg,
860 Hjørring
"""
MUNICIPALITIES: dict[str, str] = {line.strip()[:3]: line.strip()[4:] for line in _MUNICIPALITY_LINES.split(",")}
REGIONS = {"081": "Nordjylland", "082": "Midtjylland", "083": "Syddanmark", "084": "Hovedstaden", "085": "Sjælland"}
PROVINCES = {
    "01": "Byen København",
    "02": "Københavns omegn",
    "03": "Nordsjælland",
    "04": "Bornholm",
    "05": "Østsjælland",
    "06": "Vest- og Sydsjælland",
    "07": "Fyn",
    "08": "Sydjylland",
    "09": "Østjylland",
    "10": "Vestjylland",
    "11": "Nordjylland",
}
COUNTRY = {"hele landet", "all denmark", "danmark", "denmark", "hele danmark", "i alt", "total"}
_OTHER_NAMES = {"copenhagen": "101", "århus": "751", "høje taastrup": "169", "lyngby-tårbæk": "173"}

_MUNICIPALITY_NAMES = {name.casefold(): code for code, name in MUNICIPALITIES.items()} | _OTHER_NAMES
_NAMED = (
    {f"region {name}".casefold(): ("region", code) for code, name in REGIONS.items()}
    | {f"landsdel {name}".casefold(): ("landsdel", code) for code, name in PROVINCES.items()}
    | {f"province {name}".casefold(): ("landsdel", code) for code, name in PROVINCES.items()}
    | {"region zealand": ("region", "085"), "whole country": ("land", "DK")}
)
_MUNICIPALITY_CODE = re.compile(r"0?(\d{3})(?:\d{3}|xxx)?", re.IGNORECASE)
_PARISH_CODE = re.compile(r"(\d{4})(?:\D.*)?")
_CODE_AND_NAME = re.compile(r"(0?\d{2,3})\s+(\D.*)")


def municipality_code(code: str | int) -> str | None:
    """The three digits of a municipality, from 159, "0159" or a district's 159xxx; None if there is no such one."""
    found = _MUNICIPALITY_CODE.fullmatch(str(code).strip())
    return found[1] if found and found[1] in MUNICIPALITIES else None


def unit_of(code: str, label: str, *, parishes: bool = False) -> Unit | None:
    """The unit that a code and its label tell of; None if it is none we know, or the two do not fit.

    A code alone is not enough: 101 is also an age, and 000 also the total of types of decision.
    """
    name = label.strip()
    if name.casefold() in COUNTRY and code in {"000", "0", "DK"}:
        return Unit("land", "DK", name)
    if parishes:
        found = _PARISH_CODE.fullmatch(code.zfill(4))
        return Unit("sogn", found[1], name) if found else None
    named = unit_named(name)
    if code == name or named is None or named.scheme == "land":
        return named
    same = municipality_code(code) if named.scheme == "kommune" else code.zfill(len(named.code))
    return named if same == named.code else None


def unit_coded(code: str) -> Unit | None:
    """The unit of a bare code, where the column is known to hold areas; None if there is no such one."""
    bare = code.strip()
    if bare in {"000", "DK"}:
        return Unit("land", "DK", "Hele landet")
    if bare in REGIONS:
        return Unit("region", bare, f"Region {REGIONS[bare]}")
    if bare in PROVINCES:
        return Unit("landsdel", bare, f"Landsdel {PROVINCES[bare]}")
    found = municipality_code(bare)
    return Unit("kommune", found, MUNICIPALITIES[found]) if found else None


def unit_named(text: str) -> Unit | None:
    """The unit of a printed name, with its code before it or not, or of a municipality's bare code of three digits."""
    bare = " ".join(text.split())
    name = bare.casefold().removesuffix(" kommune").removesuffix(" municipality")
    if name in COUNTRY - {"i alt", "total"}:
        return Unit("land", "DK", bare)
    if name in _NAMED:
        return Unit(*_NAMED[name], bare)
    if name in _MUNICIPALITY_NAMES:
        return Unit("kommune", _MUNICIPALITY_NAMES[name], bare)
    if with_code := _CODE_AND_NAME.fullmatch(bare):
        return unit_of(with_code[1], with_code[2])
    code = municipality_code(bare)
    return Unit("kommune", code, MUNICIPALITIES[code]) if code else None
