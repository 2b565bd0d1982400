"""What people's *Useful* and *Not useful* do to a past incident that is like another one.

Law: one person's word counts for that person alone. For everybody it counts where two people more say so than say the
opposite: then it is left out beside this incident, and comes a little later (or earlier) beside others.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.text import Value

AGREED = 2
"""People more on one side than on the other."""
MOVES = 0.3
"""What is added to, or taken from, how alike two incidents are: a third of a word that no other incident has."""


class Vote(Value):
    incident: str
    """Beside which it was shown (id); `past` is what was shown."""
    past: str
    person: str
    useful: bool


class Votes(Value):
    """Of one past incident, beside one other; people are counted, never named."""

    useful: int = 0
    not_useful: int = 0
    elsewhere: int = 0
    """People who found it useful beside others, less those who did not."""
    mine: bool | None = None
    """What the reader said of it here."""

    @property
    def left_out(self) -> bool:
        """For whoever said so, and for everybody where people agree."""
        if self.mine is not None:
            return not self.mine
        return self.not_useful - self.useful >= AGREED

    @property
    def moves(self) -> float:
        return MOVES if self.elsewhere >= AGREED else -MOVES if self.elsewhere <= -AGREED else 0.0


def counted(votes: Iterable[Vote], about: str, past: str, reader: str = "") -> Votes:
    """Of `past`, beside `about`. Somebody who found it useful here and not there counts on neither side elsewhere."""
    told = [one for one in votes if one.past == past]
    here = {one.person: one.useful for one in told if one.incident == about}
    there: dict[str, int] = {}
    for one in told:
        if one.incident != about:
            there[one.person] = there.get(one.person, 0) + (1 if one.useful else -1)
    sides = [(n > 0) - (n < 0) for n in there.values()]
    useful = sum(here.values())
    return Votes(
        useful=useful, not_useful=len(here) - useful, elsewhere=sum(sides), mine=here.get(reader) if reader else None
    )
