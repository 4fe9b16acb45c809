"""Text from outside made harmless: names as file names, cells of spreadsheets, signs that one does not see."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_PLAIN = re.compile(r"[\w .,()+=@-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.IGNORECASE)
_LENGTH = 120  # bytes of a name, so that an ending and a folder's path still fit
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe(name: str) -> str:
    """A file name for it. A name of plain characters stays as it is; any other gets a piece of its hash."""
    normal = unicodedata.normalize("NFC", name)
    return name if name == normal and _is_plain(name) else _hashed(name, normal)


def _hashed(name: str, normal: str) -> str:
    kept = re.sub(r"[^\w.,()+=@-]+", "_", normal).strip("._ -") or "student"
    kept = kept.encode()[:_LENGTH].decode("utf-8", "ignore")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{'_' if _RESERVED.fullmatch(kept) else ''}{kept}~{digest}"


def _is_plain(name: str) -> bool:
    """Whether the name can stand as it is; a tilde never does, for it begins the hash of another."""
    return (
        _PLAIN.fullmatch(name) is not None
        and name.isprintable()
        and name[0] not in ". -"
        and name[-1] not in ". "
        and not _RESERVED.fullmatch(name)
        and len(name.encode()) <= _LENGTH
    )


def file_names(students: Iterable[str]) -> dict[str, str]:
    """Each student's file name; names that some file system takes for the same are told apart by their hashes."""
    names = {student: safe(student) for student in students}
    folded = {student: unicodedata.normalize("NFKC", name).casefold() for student, name in names.items()}
    counts = Counter(folded.values())
    return {one: name if counts[folded[one]] == 1 else _hashed(one, one) for one, name in names.items()}


def cell(text: str) -> str:
    """The text as a cell of a table, which no spreadsheet takes for a formula."""
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def visible(text: str, keep: str = "\n\t") -> str:
    """The text with signs that one cannot see, or that turn the direction of reading, spelled out as ⟨U+202E⟩."""
    if text.isprintable() or ("\n" in keep and text.replace("\n", "").isprintable()):
        return text
    return "".join(char if char in keep or unicodedata.category(char) not in _UNSEEN else _code(char) for char in text)


def _code(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"
