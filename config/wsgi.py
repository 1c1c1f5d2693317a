"""The door for the web server."""

import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from config.embedded.processes import die_with_parent

if multiprocessing.parent_process() is not None:
    # A worker of the web server: it must not go on serving when its master was killed.
    die_with_parent(signal.SIGKILL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
