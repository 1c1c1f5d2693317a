"""Words that would offer a public review to some customers only, by what they answered. Pure."""

import re

# Addresses of pages, and the words by which people are asked for a review in the languages that surveys speak.
_ADDRESS = re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:com|net|org|io|se|de|fr|eu|example)\b|/[bra]/\S", re.IGNORECASE)
_REVIEW = re.compile(
    r"\bcandor\b|\btrustpilot\b|\bgoogle\b|\breviews?\b|\brate us\b|"
    r"\bomdömen?t?\b|\brecension\w*|\bbewertung\w*|\bavis\b",
    re.IGNORECASE,
)


def offers_a_review(text: str) -> str:
    """What in the text leads to a review: an address or a word; "" for a text that offers none."""
    found = _ADDRESS.search(text) or _REVIEW.search(text)
    return found[0] if found else ""
