"""How a sample was drawn: weights, strata, clusters by stage, and the sizes of what was drawn from.

The rules are those of R's survey package (Lumley 2010, *Complex Surveys*, ch. 2-3), so that a design described there
means the same here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from kvarter.effect.choosing import column_name, column_names
from kvarter.effect.errors import BadDesign


class SinglePsu(StrEnum):
    """What to do with a stratum that has one primary sampling unit, and so shows no variation of its own.

    FAIL refuses; CERTAINTY lets it add nothing; ADJUST measures it from zero, the mean of all linearised values;
    AVERAGE gives it the mean of the other strata. (R: options(survey.lonely.psu).) At a later stage AVERAGE goes by
    all units of the stage above, where R goes by one at a time and gives NaN for one that was drawn from once.
    """

    FAIL = "fail"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"


@dataclass(frozen=True)
class Design:
    """Columns that tell how each row came into the sample.

    weights: one over the probability of being drawn; left out, it follows from `population` and the sample.
    strata: first-stage strata. clusters: ids of the units drawn at each stage, the largest first; none: rows were
    drawn one by one. population: for each stage in turn, how many units the stratum (or the cluster above) has, or
    the fraction of them that was drawn (all at most 1); one more than there are clusters tells how many rows the last
    cluster has. Without it, drawing was with replacement and only the first stage counts. nest: cluster ids are
    unique within a stratum only. single_psu: what a stratum with one unit does.
    """

    weights: str | None = None
    strata: str | None = None
    clusters: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    nest: bool = False
    single_psu: SinglePsu = SinglePsu.FAIL

    def __post_init__(self) -> None:
        for name in ("clusters", "population"):
            object.__setattr__(self, name, column_names(getattr(self, name), name, BadDesign))
        for name in ("weights", "strata"):
            column_name(getattr(self, name), name, BadDesign)
        if not isinstance(self.nest, bool):
            raise BadDesign(f"nest is {self.nest!r}: give true or false.")
        try:
            object.__setattr__(self, "single_psu", SinglePsu(self.single_psu))
        except ValueError as error:
            raise BadDesign(f"single_psu is {self.single_psu!r}: give one of {', '.join(SinglePsu)}.") from error
        if len(self.population) > len(self.clusters) + 1:
            raise BadDesign(
                f"population names {len(self.population)} columns for {len(self.clusters)} stages of clusters: "
                "give one per stage, the first stage first, and at most one more for the rows within the last."
            )
        if self.weights is None and not self.population:
            raise BadDesign("A design needs weights, or population sizes that they follow from. Name one of them.")

    @property
    def columns(self) -> list[str]:
        """Every column the design reads."""
        named = [self.weights, self.strata, *self.clusters, *self.population]
        return list(dict.fromkeys(name for name in named if name))

    @property
    def stages(self) -> int:
        """How many stages add to the variance: one, or as many as have a population."""
        return max(1, len(self.population))

    @property
    def rows_are_units(self) -> bool:
        """Whether the units of the last stage that counts are the rows themselves."""
        return self.stages > len(self.clusters)

    @property
    def keys(self) -> list[str]:
        """The columns that name the smallest unit whose sums are kept: a cluster, or what the rows were drawn from."""
        last = self.clusters[: self.stages]
        return [*([self.strata] if self.strata else []), *last]


def read_design(file: Path | str) -> Design:
    """The design in a TOML file's [design] section. Raises BadDesign naming the file and what is wrong in it."""
    path = Path(file)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadDesign(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadDesign(f"{path}: is not TOML: {error}.") from error
    section = document.pop("design", None)
    if not isinstance(section, dict):
        raise BadDesign(f"{path}: has no [design] section. Begin with a line that says [design].")
    for name in document:
        raise BadDesign(f"{path}: {name} stands outside [design]. Put it under [design], or take it out.")
    return _from_section(section, path)


def _from_section(section: dict[str, Any], path: Path) -> Design:
    known = {field.name for field in fields(Design)}
    for name in section.keys() - known:
        raise BadDesign(f"{path}: {name} is not part of a design. Known are {', '.join(sorted(known))}.")
    try:
        return Design(**section)
    except BadDesign as error:
        raise BadDesign(f"{path}: {error}") from error
