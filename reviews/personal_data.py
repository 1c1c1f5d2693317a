"""Personal data that must not stand in a public reply. Pure: text in, findings out."""

import re
import unicodedata

_EMAIL = re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w/.-])\+?\(?\d[\d\s()./-]{5,}\d(?![\w])")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d")
_FEWEST_DIGITS = 8
_FEWEST_DIGITS_WITH_PREFIX = 7
_MOST_DIGITS = 15


def personal_data_in(text: str) -> list[str]:
    """The e-mail addresses and phone numbers in a text, in the order in which they stand.

    A number of 8 to 15 digits reads as a phone number, 7 when it begins with + or 0; dates and years do not.
    """
    plain = unicodedata.normalize("NFKC", text).replace("‐", "-").replace("‑", "-").replace("–", "-")
    found = [(match.start(), match.group().strip()) for match in _EMAIL.finditer(plain)]
    found += [
        (match.start(), match.group().strip()) for match in _NUMBER.finditer(plain) if _is_phone(match.group().strip())
    ]
    return [words for _, words in sorted(found)]


def _is_phone(candidate: str) -> bool:
    if _DATE.fullmatch(candidate):
        return False
    digits = sum(each.isdigit() for each in candidate)
    fewest = _FEWEST_DIGITS_WITH_PREFIX if candidate.startswith(("+", "0", "(0", "(+")) else _FEWEST_DIGITS
    return fewest <= digits <= _MOST_DIGITS
