"""Making Django ready, for the commands that need the database."""

import django


def set_up() -> None:
    """Load settings and rooms. Raises what a wrong setting raises."""
    django.setup()
