"""The square that a telephone reads, as a drawing."""

from __future__ import annotations

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

MASK = 2  # every mask reads equally well; to weigh all eight against each other takes four times as long


def square(address: str) -> str:
    """An address as a QR code (ISO/IEC 18004) in SVG, one unit for each module, without the white border."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(address)
    code.make()
    rows = code.get_matrix()
    bars = "".join(_bars(row, y) for y, row in enumerate(rows))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}"><path d="{bars}"/></svg>'


def _bars(row: list[bool], y: int) -> str:
    """The dark parts of a row, each as one bar."""
    found, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            found.append(f"M{start} {y}h{x - start}v1h{start - x}z")
            start = None
    return "".join(found)
