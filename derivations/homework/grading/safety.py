"""Text from outside made harmless: names as file names, cells of spreadsheets, signs that one does not see."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_PLAIN = re.compile(r"[\w .,()+=@-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.IGNORECASE)
_LENGTH = 120  # bytes of a name, so that an ending and a folder's path still fit
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe(name: str) -> str:
    """A file name for it: different names give different file names, also where case does not count.

    A name of plain lower-case characters stays as it is; any other gets a piece of its hash.
    """
    normal = unicodedata.normalize("NFC", name)
    if name == normal and _is_plain(name):
        return name
    kept = re.sub(r"[^\w.,()+=@-]+", "_", normal).strip("._ -") or "student"
    kept = kept.encode()[:_LENGTH].decode("utf-8", "ignore")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{'_' if _RESERVED.fullmatch(kept) else ''}{kept}~{digest}"


def _is_plain(name: str) -> bool:
    """Whether the name can stand as it is; a tilde never does, for it begins the hash of another."""
    return (
        _PLAIN.fullmatch(name) is not None
        and name == name.casefold()
        and name.isprintable()
        and name[0] not in ". -"
        and name[-1] not in ". "
        and not _RESERVED.fullmatch(name)
        and len(name.encode()) <= _LENGTH
    )


def file_names(students: Iterable[str]) -> dict[str, str]:
    """Each student's file name. That no two meet is checked, not believed."""
    names = {student: safe(student) for student in students}
    taken: dict[str, str] = {}
    for student, name in names.items():
        if taken.setdefault(unicodedata.normalize("NFKC", name).casefold(), student) != student:
            digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
            names[student] = f"{name.partition('~')[0][:60]}~{digest}"
    return names


def cell(text: str) -> str:
    """The text as a cell of a table, which no spreadsheet takes for a formula."""
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def visible(text: str, keep: str = "\n\t") -> str:
    """The text with signs that one cannot see, or that turn the direction of reading, spelled out as ⟨U+202E⟩."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char in keep or unicodedata.category(char) not in _UNSEEN else _code(char) for char in text)


def _code(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"
