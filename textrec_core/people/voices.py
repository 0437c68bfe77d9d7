"""Where each model would put one item for one person, as a single sentence."""

from collections.abc import Mapping

# What each model is called where it is one voice among others.
SPOKEN = {
    "WALS": "people with similar pasts",
    "Text profile": "the words",
    "Popularity": "popularity alone",
    "Item-kNN": "items chosen together (kNN)",
    "EASE": "items chosen together (EASE)",
}
NEAR = 10


def sentence(places: Mapping[str, int], unseen: int) -> str:
    """Who carries an item and who would not, with every place among the unseen; a voice carries what it puts first.

    First means among the first 10, or the first tenth of a short list.
    """
    near = max(1, min(NEAR, unseen // 10))
    said = {SPOKEN.get(name, name): place for name, place in places.items()}
    carry = [f"{name} ({place:,})" for name, place in said.items() if place <= near]
    other = [f"{name} ({place:,})" for name, place in said.items() if place > near]
    total = f"of {unseen:,} not yet chosen"
    if not other:
        return f"Every voice puts it among the first {near}: {_and(carry)} {total}."
    if not carry:
        return f"No voice puts it among the first {near}: {_and(other)} {total}."
    alone = "alone " if len(carry) == 1 and len(other) > 1 and "alone" not in carry[0] else ""
    verb = "carries" if len(carry) == 1 and not carry[0].startswith(("people", "the words", "items")) else "carry"
    told = f"{_and(carry)} {alone}{verb} it; {_and(other)} would not list it among the first {near} {total}."
    return told[:1].upper() + told[1:]


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
