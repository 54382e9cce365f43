"""What a WSGI server runs."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvarter.config.settings")
application = get_wsgi_application()
# Every page is loaded now, once for all workers, and not by the first visitor of each.
import_module(settings.ROOT_URLCONF)
# What is loaded now stays for good. To look through it for what can be freed, as Python does time and again while new
# objects are made, takes a tenth of a request in vain. What a request made goes when it is done, but for rings of
# objects: those are looked for less often, and only among what is new.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
