"""What a build adds: compiled catalogues in every build, and the front-end packages in a wheel, so that an
installed Kvarter needs no Node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What a wheel carries of each package: our name for it, its folder in node_modules, and the parts that are used.
FRONT_END = {
    "dkfds": ("dkfds", ("dist/css/dkfds.css", "dist/fonts", "dist/img", "dist/LICENSE.md")),
    "fonts": ("@expo-google-fonts/vazirmatn", ("400Regular/Vazirmatn_400Regular.ttf", "LICENSE_FONT")),
    "maplibre": (
        "maplibre-gl",
        ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css", "LICENSE.txt"),
    ),
}


def compile_catalogues(root: Path) -> None:
    """Write a .mo beside each .po."""
    for source in (root / "src" / "kvarter" / "locale").glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


class CarryFrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling calls this before each build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues; into a wheel, put the front-end packages as npm installed them."""
        root = Path(self.root)
        compile_catalogues(root)
        if self.target_name != "wheel" or version == "editable":
            return
        for name, (folder, parts) in FRONT_END.items():
            installed = root / "node_modules" / folder
            if not installed.is_dir():
                raise FileNotFoundError(f"node_modules/{folder} is not there: run `npm ci` before building a wheel")
            for part in parts:
                to = part.removeprefix("dist/")
                build_data["force_include"][str(installed / part)] = f"kvarter/frontend/{name}/{to}"


if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parent.parent)
