"""What a WSGI server runs."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvarter.config.settings")
application = get_wsgi_application()
# Every page is loaded now, once for all workers, and not by the first visitor of each.
import_module(settings.ROOT_URLCONF)
