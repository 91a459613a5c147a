"""Tables of a file as dataclasses, checked by the annotations of their fields.

A wrong type, an unknown or a missing key is an AskError: one line that names the file,
the key, the value and what is accepted. Kebab-case keys of TOML fit snake_case fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from math import inf
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import tomllib

T = TypeVar("T")
MOST_BYTES = 2**20  # of a TOML file
ACCEPTED = {
    str: "words in quotes", int: "a whole number", float: "a number",
    bool: "true or false", NoneType: "nothing",
}  # fmt: skip


class AskError(Exception):
    """What was asked, or what was stored, makes no sense: one line."""


class NotText(ValueError):
    """A file in another encoding, as editors write that speak of "Unicode"."""


def text_of(raw: bytes, name: str) -> str:
    """Without the byte order mark that some editors put in front."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text[:2]:  # UTF-16 without a mark
        raise NotText(f"{name} is not text in UTF-8: save it in that encoding")
    return text


def is_file(path: Path) -> bool:
    """False of a name that is too long for any file, too."""
    try:
        return path.is_file()
    except OSError:
        return False


def among(name: str, known: Iterable[str]) -> str:
    """What there is instead of this, in words, and which of it may be meant."""
    there = [*known]
    near = get_close_matches(name.lower(), there, 1)
    told = f"did you mean {near[0]}? " if near else ""
    return f"{told}there are {', '.join(there) or 'none'}"


def read_toml(path: Path) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():  # a pipe may never end
            raise AskError(f"{path.name}: not a regular file")
        with open(path, "rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise AskError(f"{path.name}: over {MOST_BYTES} bytes are too many")
        return tomllib.loads(text_of(text, path.name))
    except OSError as error:
        raise AskError(f"{path.name}: {error.strerror}") from None
    except NotText as error:
        raise AskError(str(error)) from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError among them
        raise AskError(f"{path.name}: {error}") from None


def from_dict(kind: type[T], table: Any, where: str, calm: bool = False) -> T:
    """A dataclass out of a table. where: the file. calm: unknown keys are passed over,
    as in files that a later version may have written, and keys are spelt as fields.
    A field whose name Python has taken, such as from_, is the key without its dash."""
    if not isinstance(table, Mapping):
        raise AskError(f"{where}: {_short(table)} is not a table")
    hints = get_type_hints(kind)
    asked = [f for f in fields(kind) if f.init]
    keys = {f.name if calm else f.name.rstrip("_").replace("_", "-"): f for f in asked}
    if unknown := sorted(str(key) for key in table.keys() - keys.keys()):
        if not calm:
            raise AskError(
                f"{where}: unknown key '{unknown[0]}': {among(unknown[0], keys)}"
            )
    found = {}
    for key, field in keys.items():
        if key in table:
            found[field.name] = value(hints[field.name], table[key], where, key, calm)
        elif field.default is MISSING and field.default_factory is MISSING:
            takes = _named(hints[field.name])
            raise AskError(f"{where}: '{key}' is missing: it takes {takes}")
    return kind(**found)


def value(hint: Any, given: Any, where: str, key: str, calm: bool = False) -> Any:
    """One value of a table, of the type that the annotation names."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        for each in inner:
            try:
                return value(each, given, where, key, calm)
            except AskError:
                continue
    elif is_dataclass(hint):
        if isinstance(given, hint):  # made already
            return given
        return from_dict(hint, given, f"{where}: {key}", calm)
    elif origin in (tuple, Sequence) and isinstance(given, list):
        made = (value(inner[0], each, where, key, calm) for each in given)
        return tuple(made) if origin is tuple else list(made)
    elif origin is Mapping or hint is Mapping:
        if isinstance(given, Mapping):
            each = inner[1] if inner else Any
            return {
                k: value(each, v, where, f"{key}: {k}", calm) for k, v in given.items()
            }
    elif hint is float and type(given) in (int, float):
        if abs(given) < inf:
            return given
    elif hint is Any or type(given) is hint:
        return given
    elif isinstance(hint, type) and issubclass(hint, Enum):
        if given in [each.value for each in hint]:
            return hint(given)
    raise AskError(f"{where}: {key} is {_short(given)}: it takes {_named(hint)}")


def _named(hint: Any) -> str:
    """ "words in quotes or a list"."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return " or ".join(_named(each) for each in get_args(hint))
    if origin in (tuple, Sequence):
        return f"a list ({_named(get_args(hint)[0])})"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(f"'{each.value}'" for each in hint)
    return ACCEPTED.get(hint, "a table")


def _short(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
