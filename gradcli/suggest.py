"""Did you mean: the nearest of the words that would have been right."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, candidates: Iterable[str], prefix: str = "") -> str | None:
    """The help that names the nearest candidate, behind a prefix; None if all are far."""
    near = nearest(word, candidates)
    return None if near is None else f"did you mean '{prefix}{near}'?"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate a slip or two of the fingers away, the first of equals; None if all are far."""
    wanted = word.lower()
    letters = set(wanted)
    most = _allowance(wanted)
    best, closest = most + 0.5, None
    for candidate in candidates:
        if abs(len(candidate) - len(word)) < best and candidate != word:
            lowered = candidate.lower()
            if len(letters.symmetric_difference(lowered)) > 2 * most:  # a slip changes two letters
                continue
            slips = distance(wanted, lowered) + 0.25 * (word[:1] != candidate[:1])
            if slips < best:
                best, closest = slips, candidate
    return closest


def _allowance(word: str) -> int:
    """Slips that a word of its length may have; a word of one letter none but its case."""
    return 0 if len(word) < 2 else 1 if len(word) < 5 else 2


def distance(left: str, right: str) -> int:
    """Letters to insert, drop, change or swap with their neighbour (Damerau and Levenshtein)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
