"""What never stands in a log: the tokens of mailed links and the secrets in helpdesks' addresses."""

import logging
import re

# The routes whose next part opens something for whoever has it.
_SECRET_PATH = re.compile(r"/(a|r|c|u|join|hooks)/[^\s\"'?]+")


def without_secrets(text: str) -> str:
    """The text with every such path cut behind its first part."""
    return _SECRET_PATH.sub(r"/\1/…", text)


class WithoutSecrets(logging.Filter):
    """Cuts secret paths out of a record before any handler writes it, its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the record stays, its secrets do not."""
        record.msg = without_secrets(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        return True
