"""Furnishes a fresh installation, serves it on a free port of this machine, and prints the port."""

from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from helpdesk.models import CustomField, Queue  # noqa: E402


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, as its own push is answered while it waits."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


call_command("migrate", verbosity=0)
User.objects.create_superuser("agnes", "agnes@acme.example", "agnes-password")
User.objects.create_superuser("candor", "candor@acme.example", "candor-password")
Queue.objects.create(title="Support", slug="support", email_address="help@acme.example")
CustomField.objects.create(name="candor_score", label="Score", data_type="integer", required=False, staff_only=True)

with make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet) as server:
    print(server.server_port, flush=True)  # noqa: T201 - Whoever started us reads it.
    server.serve_forever()
