"""Whom this log asks to witness it, and which logs this installation witnesses: two small files that a person writes.

The policy, a line each, with remarks behind `#`:

    witness <name> <vkey> <url>     a witness, by any name without spaces, its key and where it is asked
    quorum <n>                      how many of them a verifier should ask for

The logs that are witnessed: `log <vkey>` lines. Both are read anew each time, so a change needs no restart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from trustscore.tlog.note import COSIGNATURE, ED25519, NoteError, Verifier, parse_vkey

_LONGEST_NAME = 60
_LONGEST_KEY_NAME = 255


class PolicyError(ValueError):
    """A line that cannot be meant; the message names the file, the line and what would be right."""

    def __init__(self, path: Path, number: int, why: str) -> None:
        super().__init__(f"{path}, line {number}: {why}")


@dataclass(frozen=True)
class Witness:
    """One witness: `name` is ours for it, `url` what /add-checkpoint is appended to."""

    name: str
    verifier: Verifier
    url: str


@dataclass(frozen=True)
class Policy:
    """The witnesses of this log, and how many of them should have cosigned a checkpoint. Zero of none by default."""

    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0

    @property
    def public(self) -> str:
        """The policy as verifiers take it: keys, without addresses or names of ours."""
        return f"quorum {self.quorum}\n" + "".join(f"witness {each.verifier.vkey}\n" for each in self.witnesses)


def read_policy(path: Path) -> Policy:
    """The policy in the file; that without witnesses where there is no file. Raises PolicyError."""
    witnesses: list[Witness] = []
    quorum: int | None = None
    number = 1
    for number, words in _lines(path):
        match words:
            case ["witness", name, vkey, url]:
                witnesses.append(_witness(name, vkey, url, path, number, witnesses))
            case ["quorum", count] if quorum is None and count.isascii() and count.isdecimal():
                quorum = int(count)
            case ["quorum", *_]:
                raise PolicyError(path, number, "there is one quorum, and it is a number: quorum <n>")
            case _:
                raise PolicyError(path, number, "a line is `witness <name> <vkey> <url>` or `quorum <n>`")
    if witnesses and quorum is None:
        raise PolicyError(path, number, "say how many of the witnesses are enough: quorum <n>")
    if (quorum or 0) > len(witnesses):
        raise PolicyError(path, number, f"the quorum is {quorum}, and there are only {len(witnesses)} witnesses")
    return Policy(tuple(witnesses), quorum or 0)


def read_witnessed(path: Path) -> Mapping[str, Sequence[Verifier]]:
    """The keys of the logs in the file, by their origin; none where there is no file. Raises PolicyError.

    A log may have several keys, as while it changes from one to the next.
    """
    logs: dict[str, list[Verifier]] = {}
    for number, words in _lines(path):
        if len(words) != 2 or words[0] != "log":
            raise PolicyError(path, number, "a line is `log <vkey>`")
        verifier = _verifier(words[1], ED25519, "a log's", path, number)
        logs.setdefault(verifier.name, []).append(verifier)
    return logs


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The words of each line that has any, with its number."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(path, 1, f"the file cannot be read ({type(error).__name__})") from error
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        remark = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
        if words[:remark]:
            yield number, words[:remark]


def _witness(name: str, vkey: str, url: str, path: Path, number: int, before: Sequence[Witness]) -> Witness:
    verifier = _verifier(vkey, COSIGNATURE, "a witness's", path, number)
    if len(name) > _LONGEST_NAME or any(each.name == name for each in before):
        raise PolicyError(path, number, f"a witness's name stands once and has at most {_LONGEST_NAME} characters")
    # A cosignature does not cover the name above it: one key under two names would be one witness counted twice.
    if any(verifier.key == each.verifier.key for each in before):
        raise PolicyError(path, number, "this key is that of another witness too; each must have its own")
    try:
        address = urlsplit(url)
        is_address = address.scheme in {"http", "https"} and bool(address.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise PolicyError(path, number, "where the witness is asked begins with https:// or http:// and a host")
    return Witness(name, verifier, url.rstrip("/"))


def _verifier(vkey: str, kind: int, whose: str, path: Path, number: int) -> Verifier:
    try:
        verifier = parse_vkey(vkey)
    except NoteError as error:
        raise PolicyError(path, number, f"{error}; copy the key again, it is one word") from error
    if len(verifier.name) > _LONGEST_KEY_NAME:
        raise PolicyError(path, number, f"a key's name has at most {_LONGEST_KEY_NAME} characters")
    if verifier.kind != kind:
        raise PolicyError(path, number, f"this is not {whose} key; logs and witnesses have keys of different kinds")
    return verifier
