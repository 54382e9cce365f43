"""How large a boundary is."""

from __future__ import annotations

import json
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np
from shapely import transform
from shapely.geometry import shape

# WGS 84: the equatorial radius in kilometres, and the square of the eccentricity.
RADIUS = 6378.137
SQUARED = 0.00669437999014


def surface(geometry: dict[str, Any]) -> float:
    """Square kilometres within a boundary given in longitude and latitude, on the ellipsoid of WGS 84.

    Laid out in the plane by the cylindrical equal-area projection: Snyder, Map Projections: A Working Manual (USGS
    1987), equations 3-12, 10-14 and 10-15. Sides are straight there, which for a town is within a square metre.
    """
    return _surface(json.dumps(geometry))


@lru_cache(maxsize=256)
def _surface(geometry: str) -> float:
    return float(transform(shape(json.loads(geometry)), _laid_out).area)


def _laid_out(points: np.ndarray) -> np.ndarray:
    eccentricity = sqrt(SQUARED)
    sine = np.sin(np.radians(points[:, 1]))
    logarithm = np.log((1 - eccentricity * sine) / (1 + eccentricity * sine)) / (2 * eccentricity)
    q = (1 - SQUARED) * (sine / (1 - SQUARED * sine**2) - logarithm)
    return np.column_stack([RADIUS * np.radians(points[:, 0]), RADIUS * q / 2])
