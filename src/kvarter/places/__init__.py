"""Where: areas, their boundaries in time, and which area another is compared with."""
