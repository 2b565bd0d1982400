"""Hints on how an action item is worded: a verb first, and an end that can be seen. They block nothing."""

from __future__ import annotations

import re

from bot.language import Hint
from bot.prose import own_words

_LEAD = re.compile(
    r"(?i)^(?:[\s\-*•\d.)]*)(?:(?:\ue000[^\ue001]{1,200}\ue001|@[\w.-]{1,80})[,:]? )?(?:please |let'?s |(?:we"
    r"|you) (?:should|must) "
    r"|to (?=\w))?"
)
_VAGUE = re.compile(
    r"(?i)^(?:investigate|improve|ensure|make sure|review|consider|explore|evaluate|assess|discuss|enhance"
    r"|optimi[sz]e|look (?:at|into)"
    r"|think about|try(?: to)?|fix|analy[sz]e|research|revisit|rethink|strengthen|address|work on|understand"
    r"|study|monitor|clean up"
    r"|follow up|talk about|look after|increase|reduce|minimi[sz]e|maximi[sz]e|streamline|harden)\b"
)
_TRYING_HARDER = re.compile(
    r"(?i)^(?:be (?:more )?\w+|pay (?:more |better )?attention|remind|remember|take (?:more |better )?care"
    r"|train(?:ing)?\b(?! the "
    r"(?:model|classifier))|educate|don'?t forget|encourage|tell (?:everybody|everyone|people|the team)"
    r"|raise awareness|try harder)\b"
)
_BOUND = re.compile(
    r"(?i)\d|\b(?:when|before|within|without|unless|until|each|every|so that|by (?:monday|tuesday|wednesday"
    r"|thursday|friday"
    r"|next|the end)|and (?:write|delete|remove|record|decide|document|add|publish|list|fix|file|open|report)"
    r"|per (?:day|week|host))\b"
)
_AGAIN = re.compile(r"(?i)\b(?:again|never happens?|not happen)\b")
_NOUN_FIRST = re.compile(
    r"(?i)^(?:(?:the|a|an|more|better|less|fewer|our|all|some|new|no|this|that|it|we|they|there|somebody|someone"
    r"|proper|missing"
    r"|lack|need)\b|\w+(?:ing|tion|sion|ment|ness|ance|ence"
    r"|ity)\b(?<!\bbring)(?<!\bping)(?<!\bmention)(?<!\bimplement)"
    r"(?<!\bdocument)(?<!\binstrument)(?<!\bsegment)(?<!\bposition)(?<!\bpartition)(?<!\bprovision)(?<!\bversion)(?<!\baugment)"
    r"(?<!\bdecommission)(?<!\bcommission)(?<!\breference)(?<!\bbalance)(?<!\bstring)(?<!\bsilence)(?<!\bquestion)(?<!\bauction))"
)
WORDS_OF_A_BOUND = 9
"""With that many words behind its verb, an item is taken to say what it is about."""
BOUNDED = "an item ends when one can see that it is done"


def item_hints(text: str) -> tuple[Hint, ...]:
    """One at most: a note on a note is read."""
    own = own_words(text).split("\n")[0]
    lead = _LEAD.match(own)
    start = lead.end() if lead else 0
    said = own[start:].rstrip(" .!")
    if not said.strip("\x00 "):
        return ()
    for name, found, why, rewording in _found(said):
        if found:
            rest = text[start + found.end() : start + len(said)].strip() or "it"
            seen = found.group()
            return (
                Hint(
                    start=start, end=start + found.end(), rule=name, found=text[start : start + found.end()], why=why,
                    rewording=rewording.format(found=seen, rest=rest), sentence=text,
                ),
            )  # fmt: skip
    return ()


def _found(said: str) -> tuple[tuple[str, re.Match[str] | None, str, str], ...]:
    harder = _TRYING_HARDER.match(said)
    vague = _VAGUE.match(said)
    if vague and (len(said.split()) > WORDS_OF_A_BOUND or _BOUND.search(said)) and not _AGAIN.search(said):
        vague = None
    return (
        ("item_people", harder, "an item that asks people to try harder does not last",
         "What would make it easy to do right, or hard to do wrong?"),
        ("item_bounded", vague, BOUNDED, "What will be there when “{found}” is done? A document, an alert, a limit?"),
        ("item_verb", _NOUN_FIRST.match(said), "an item that begins with a verb says what to do",
         "What is to be done, beginning with a verb (add, remove, write, alert …)?"),
    )  # fmt: skip
