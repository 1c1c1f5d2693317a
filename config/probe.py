"""Asks an address whether all is well, for container health checks: `python -m config.probe ADDRESS`.

Says that the connection came by https, as whatever stands in front of the web server does.
"""

import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 4


def is_well(address: str) -> bool:
    """Whether the address answers 200."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "localhost", parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", parts.path, headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
