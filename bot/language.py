"""Hints on wording: what to look at again in a text that is to teach, and a question to put in its place.

Law: a hint blocks nothing and changes nothing. Only the writer's own words are looked at, not quotes, code or links.
Persons as the subject of a failure are hinted at, systems never. English alone is known. Why rules: decision 18.

What the rules follow, in ideas and not in words:
- person, judgement: J. Allspaw, Blameless PostMortems and a Just Culture (Etsy, 2012);
  Site Reliability Engineering, chapter 15, Postmortem Culture (Google, 2016).
- should_have, if_only, hindsight: S. Dekker, The Field Guide to Understanding 'Human Error': they tell of what
  did not happen, by what is known only now; Howie: The Post-Incident Guide (Jeli, 2021).
- why: J. Allspaw, The Infinite Hows (2014); Debriefing Facilitation Guide (Etsy, 2016): why asks people to justify
  themselves, how and what ask them to describe.
- root_cause: R. Cook, How Complex Systems Fail (1998): it takes several things together.
- items: The Site Reliability Workbook, chapter 10 (Google, 2018); J. Lunney, S. Lueder and B. Beyer, Postmortem Action
  Items (;login:, 2017): an action item is actionable, specific and bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import islice

from bot.prose import folded, own_words, sentences
from bot.text import Value


class Hint(Value):
    start: int
    end: int
    rule: str
    found: str
    why: str
    rewording: str
    sentence: str

    @property
    def fingerprint(self) -> str:
        """The same for the same sentence under the same rule, wherever it stands."""
        return sha256(f"{self.rule}\n{folded(self.sentence)}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Look:
    """What is looked for in a sentence: expressions that follow one another, and the question to ask instead.

    The question is filled with the named groups of the last expression. `by`: who has to stand just before the first;
    `unless`: what must not.
    """

    finds: tuple[re.Pattern[str], ...]
    ask: str
    by: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@dataclass(frozen=True)
class Rule:
    name: str
    why: str
    looks: tuple[Look, ...]


# -- classes of words

NOUNS = (
    r"engineers?|developers?|devs?|operators?|admins?|administrators?|sys-?admins?|dbas?|sres?|on-?call|on call"
    r"|responders?"
    r"|commander|reviewers?|testers?|technicians?|contractors?|consultants?|interns?|colleagues?|employees?|authors?"
    r"|managers?|management|leadership|lead|teams?|crew|shift|ops|devops|qa|infra|support|staff|people|person|guys?"
    r"|programmers?|architects?|analysts?|maintainers?|deployer|owner"
)
SOMEBODY = r"somebody|someone|anybody|anyone|nobody|no one|no-one|everybody|everyone|whoever|none of (?:us|them)"
PRONOUNS = r"I|we|you|he|she|they"
# Capitalised words that are not somebody: what sentences begin with, and programs that are much spoken of.
NOT_NAMES = (
    r"The|This|That|These|Those|It|Its|If|When|While|And|But|Or|So|As|An|In|On|At|For|To|From|With|Then|There"
    r"|Each|Both"
    r"|Our|Their|His|Her|My|Your|All|Some|Most|Many|Few|Two|Three|Also|Once|After|Before|Because|Since|Which"
    r"|What|Who|How"
    r"|Postgres|Redis|Kafka|Kubernetes|Docker|Terraform|Ansible|Jenkins|Grafana|Prometheus|Nginx|Envoy|Vault"
    r"|Consul|Linux"
    r"|Slack|Teams|Google|Amazon|Azure|Cloudflare|Stripe|Datadog|Sentry|Elastic|Python|Java|Chrome|Git|Helm"
    r"|Istio|Varnish"
    r"|Firefox|Safari|Windows|Android|Heroku|Kinesis|Dynamo|Pacemaker|Subversion|Okta|Traffic|Debrief|Cassandra|Mongo"
    r"|Rabbit|Celery|Sidekiq|Rails|Django|Spark|Airflow|Argo|Flux|Puppet|Chef|Nomad|Traefik|Haproxy"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
)
# Endings of things: "Monitoring missed", "Scheduler skipped".
THINGS = "".join(f"(?<!{end})" for end in ("ing", "ion", "ment", "ies", "ler", "tor", "ver", "nts"))
NAME = rf"(?-i:(?!(?:{NOT_NAMES})\b)[A-ZÀ-Þ][a-zß-ÿ]{{1,20}}{THINGS}(?![\w-]))"
MENTION = "\ue000[^\ue001]{1,200}\ue001|@[\\w.-]{1,80}"
PEOPLE = rf"(?:{MENTION}|(?:{NOUNS}|{SOMEBODY}|{PRONOUNS})\b)"
ANYBODY = rf"(?:{PEOPLE}|{NAME})"
# What may stand between somebody and what they did.
ADVERBS = (
    r"also|then|just|simply|clearly|obviously|apparently|even|again|completely|totally|had|has|have|must have|never"
    r"|accidentally|mistakenly|inadvertently|unfortunately|repeatedly|consistently|easily|on duty|on call"
    r"|in charge|at the time"
)
BETWEEN = (
    rf"(?:,? (?:{ADVERBS}|(?:on|in|from|of) (?:the )?[\w-]{{1,20}}(?: team)?"
    rf"|who(?: [\w'-]{{1,20}}){{1,6}}),?){{0,2}}? "
)
# What only people can leave undone.
CARE = (
    r"check|double-?check|verify|test|notice|spot|look(?! for)|run (?:the|any) (?:tests?|checks?)|read|ask|tell"
    r"|call|escalate"
    r"|page|announce|communicate|understand|reali[sz]e|follow|review|respond|react|think|consider|consult|inform"
    r"|notify|warn"
    r"|document|pay attention|bother|hand over|pass on|raise|anticipate|foresee|see|listen|wait|coordinate|clean up"
    r"|write down|mention|act|prepare|confirm"
)
CARED = (
    r"checked|verified|tested|noticed|spotted|looked|read|asked|told|called|escalated|paged|announced"
    r"|communicated|understood"
    r"|reali[sz]ed|followed|reviewed|responded|reacted|thought|considered|informed|notified|warned|documented"
    r"|bothered"
    r"|handed over|raised|anticipated|waited|listened|mentioned|acted|prepared|confirmed"
)
ACTED = (
    r"ran|pushed|deployed|typed|entered|used|unplugged|selected|picked|chose|merged|applied|restarted|rebooted"
    r"|deleted|dropped"
    r"|changed|set|clicked|executed|shipped|released|committed|copied|pasted|opened|closed|approved|removed"
    r"|disabled|rolled out"
)
NOT_DONE = r"(?:did not|didn'?t|had not|hadn'?t)"
HAVE = r"(?:n'?t| not| never)? ?(?:have|had|'?ve|of|a) (?:\w+ly |at least |just |also |never )?"
# What has been done, without adjectives that look like it ("should have limited rights") and what systems are to do.
DONE = (
    r"(?!(?:resulted|existed|lost|limited|dedicated|shared|automated|named|restricted|required|nested|unlimited)\b)"
    r"(?:\w{2,20}ed|been|had|seen|known|caught|told|gone|done|made|taken|run|read|found|thought|kept|left|sent"
    r"|held|put|set"
    r"|given|gotten|got|built|written|understood|met|come|spoken|brought|cut|let|said|shown|begun|chosen|driven"
    r"|led|paid"
    r"|spent|stood|split|won)\b"
)
# To the end of the clause; somebody mentioned is not cut in two.
ON = r"(?:\ue000[^\ue001]{1,200}\ue001|[^.,;:!?\x00\ue000])"
REST = rf"(?P<what>{ON}{{0,80}})"
WHO = rf"(?P<who>(?:(?:the|our|an?) )?(?:[\w-]{{1,20}} )?{ANYBODY})"
ASKED = r"^\W{0,9}(?:and |but |so )?why(?: on earth| the hell)?"
BEGINS = r"(?:^[\W_]{0,9}|[:;(–-] ?(?:and |but |so )?|\b(?:and|but|so|that|because) )"
IF_HAD = rf"\bif\b[^,;:\x00]{{0,60}}?(?:\bhad\b|\bhadn'?t\b|'d (?:{DONE}|not\b))"
# -- what must not stand before
NEGATION = r"\b(?:not|no|never|nor|neither|nobody|none|without|rather than|instead of|\w+n't)\b[^,;:]{0,40}$"
PLANNED = (
    r"\b(?:by|until) (?:next|the end|end|then|\d|q\d|january|february|march|april|may|june|july|august|september"
    r"|october"
    r"|november|december)\b[^,;:]{0,60}$"
)
EXPLAINED = r"\b(?:(?:that|this|which|here|it)(?: i|')s|reasons?|explains?|shows?|describes?) $"


def _look(*finds: str, ask: str, by: str = "", unless: str = "") -> Look:
    def made(expression: str) -> re.Pattern[str]:
        return re.compile(expression, re.IGNORECASE)

    who = made(rf"(?<!\w)(?:{by})(?:{BETWEEN})?$") if by else None
    return Look(tuple(map(made, finds)), ask, who, made(unless) if unless else None)


# -- the rules, the most telling first: a sentence gets one hint

EFFECT = "What made it possible for one action to have this effect, and what usually stops it?"
ANY_OF_US = "What made the situation one in which this could happen to anybody?"
INSTEAD = "What happened instead, and what made that look sensible at the time?"
VISIBLE = "What was visible at that moment, and to whom?"
KNOWN = "What was known at that moment, and what made something else look better than this: {what}?"
TOGETHER = "This is one contributing factor: {what}. What else had to be true at the same time?"

RULES = (
    Rule(
        "person",
        "a person is the subject of a failure, and what made it possible stays out of sight",
        (
            _look(rf"(?<!users )(?<!user )(?<!customers )(?<!customer )\bforgot(?:ten)? to {REST}",
                  ask="What usually reminds people to {what}, and what was different this time?"),
            _look(rf"\bforgot(?:ten)?(?: about)? (?!password|their password){REST}", by=ANYBODY,
                  ask="What usually brings {what} to mind, and what was different this time?"),
            _look(rf"\b(?:failed to|neglected to|{NOT_DONE}(?: even| really"
                  rf"| properly)?) (?P<what>(?:{CARE})\b{ON}{{0,60}})",
                  by=ANYBODY, ask="What made it hard to {what}?"),
            _look(rf"\b(?:never|had not|hadn'?t) (?:{CARED})\b", by=ANYBODY,
                  ask="How does that usually happen, and what was different this time?"),
            _look(r"\bwhoever (?:ran|wrote|made|left|did|set|built|\w{2,20}ed)\b",
                  ask="What was there to see at that moment, for anybody who did this?"),
            _look(rf"\b(?:{CARED})\b", by=r"nobody|no one|no-one|none of (?:us|them)",
                  ask="What was there to see at that moment, and for whom?"),
            _look(rf"\bfailed to (?!reconcile|start|sync|load|connect|log in|sign in|join){REST}", by=PEOPLE,
                  ask="What made it hard to {what}?"),
            _look(rf"\b(?:missed|overlooked|ignored|neglected|skipped|misread|misunderstood|misjudged) {REST}",
                  by=ANYBODY,
                  ask="How did {what} look at that moment, and what else asked for attention?"),
            _look(r"\b(?:botched|bungled|fumbled|mistyped|mishandled|misconfigured|mis-?clicked|bothered"
                  r"|fat-?fingered|goofed"
                  r"|mess(?:ed)? up|screwed up|slipped up|made (?:a|an|the|another)(?: \w+)? (?:mistake|error)"
                  r"|lost track)\b",
                  by=ANYBODY, ask="What did the tools show at that moment, and what made this easy to happen?"),
            _look(rf"\b(?P<what>(?:{ACTED})(?: [\w'-]{{1,20}}){{0,4}}? (?:wrong|bad|broken|incorrect|faulty"
                  rf"|buggy)(?![\w-])"
                  r"(?: [\w-]{1,30}){0,2})", by=ANYBODY, ask="What made it look right at that moment ({what})?"),
            _look(rf"\b(?P<what>(?:{ACTED})\b{ON}{{0,60}}?) (?:by mistake|by accident|accidentally"
                  rf"|carelessly|blindly"
                  r"|without (?:testing|review|asking|checking))", by=ANYBODY,
                  ask="What made it look right at that moment ({what})?"),
            _look(rf"\b(?:accidentally|mistakenly|inadvertently|carelessly|blindly) {REST}", by=ANYBODY,
                  ask="What made it easy for that to happen ({what})?"),
            _look(rf"\b(?:broke|caused|crashed|took down|brought down|triggered) {REST}", by=PEOPLE, ask=EFFECT),
            _look(rf"\b(?:(?:broke|took down|brought down) |caused {REST} by \w{{2,20}}ing\b)", by=NAME, ask=EFFECT),
            _look(rf"\bcaused by (?:an?|the|our|one of our)(?: [\w-]{{1,20}})? (?:{NOUNS})\b(?! (?:pod|service"
                  rf"|error|code))",
                  ask=EFFECT),
            _look(r"\blet (?:[\w'-]{1,20} ){1,4}(?:through|slip|happen|lapse|expire)\b", by=PEOPLE,
                  ask="What could be seen of it at that point, and what usually holds it back?"),
            _look(r"(?:'s|s') (?:own )?(?:mistakes?|fault|errors?|oversight|carelessness|negligence|failure to"
                  r"|blunder)\b",
                  by=ANYBODY, ask=ANY_OF_US, unless=NEGATION),
            _look(r"\b(?:my|his|her|their|your|our) (?:own )?(?:mistake|fault|oversight|blunder)\b"
                  r"|\bblame(?: for [\w ]{1,30})? (?:lies|rests|is) (?:with|on)|\bthe blame\b", ask=ANY_OF_US,
                  unless=NEGATION),
            _look(r"\b(?:is|are|was|were) (?:at fault|to blame|too slow|slow to|distracted|unprepared)\b", by=ANYBODY,
                  ask=ANY_OF_US, unless=NEGATION),
        ),
    ),
    Rule(
        "judgement",
        "a judgement of people ends the questions that would help",
        (
            _look(r"\b(?:human|operator|user|pilot) (?:error|mistake)\b(?! (?:message|rate|page|code|count|log)s?)"
                  r"|\b(?:careless(?:ly|ness)?|negligen(?:t|ce|tly)|slopp(?:y|ily|iness)|stupid(?:ly|ity)?"
                  r"|incompeten(?:t|ce)"
                  r"|irresponsibl[ey]|reckless(?:ly|ness)?|complacen(?:t|cy)|inexcusabl[ey]|unforgivabl[ey]"
                  r"|unprofessional"
                  r"|amateurish|foolish(?:ly)?|idiotic|inept|thoughtless(?:ly)?|dumb)\b"
                  r"|\blazy (?!load|init|eval|connect|import|migrat|delet|free|read|replic|bind|compil)",
                  ask="What were the conditions ({found}), for anybody who had been in the same place?",
                  unless=NEGATION),
            _look(rf"\black of (?:care|attention|diligence|discipline|effort|ownership)\b|\bfailure to (?:{CARE})\b"
                  r"|\b(?:not|n't|wasnt|werent) paying attention\b|\bnot following (?:the |our )?(?:procedure"
                  r"|process|runbook|"
                  r"checklist|rules)\b", ask="What asked for attention at that moment, and how does it usually go?"),
        ),
    ),
    Rule(
        "should_have",
        "it tells of something that did not happen instead of what did",
        (
            _look(rf"\b(?:should|ought to){HAVE}(?:checked|looked at|looked into|read|seen|consulted|watched|noticed)"
                  rf" (?P<what>(?:the|our|a|an|his|her|their|that) {ON}{{1,60}})",
                  ask="What did {what} show at that moment, and what made other signals more convincing?"),
            _look(rf"\b(?:shoulda |(?:should|ought to){HAVE})(?P<what>{DONE}{ON}{{0,60}})", ask=KNOWN,
                  unless=PLANNED),
            _look(rf"\b(?:coulda |(?:could|might){HAVE})(?P<what>{DONE}{ON}{{0,60}})", by=ANYBODY, ask=KNOWN,
                  unless=r"\bnot $"),
            _look(r"\b(?:could|might) ?(?:have|'?ve|of|a) (?:\w+ly )?been (?P<what>(?:\w+ly )?(?:caught"
                  r"|prevented|avoided|noticed"
                  r"|spotted|seen|detected|averted|tested|mitigated|found|discovered)\b)",
                  ask="What did people see and do at that moment, and how is such a thing usually {what}?"),
            _look(rf"\b(?:was|were) supposed to {REST}", by=ANYBODY,
                  ask="How does it usually come about that somebody gets to {what}, and what was different this time?"),
            _look(rf"\bneeded to{HAVE}{DONE}", by=ANYBODY,
                  ask="What was known at that moment, and what looked most urgent?"),
        ),
    ),
    Rule(
        "if_only",
        "a story about what might have been explains nothing about what was",
        (
            _look(r"\bif only\b", ask=INSTEAD),
            _look(IF_HAD, r"\bwould(?:n't|nt)?\b|'d have\b", ask=INSTEAD),
            _look(r"\b(?:would|might)(?:n't|nt)?\b", IF_HAD, ask=INSTEAD),
            _look(r"^\W{0,9}had (?:\w|\ue000)", r"\bwould(?:n't|nt)?\b|\bcould have\b", ask=INSTEAD),
            _look(r"\b(?:none of (?:this|that|it)|nothing) would have\b", ask=INSTEAD),
            _look(r"\bwould(?:n'?t| not| never) have (?:happened|occurred|gone out|been (?:an? )?(?:outage"
                  r"|incident|issue|problem))\b"
                  r"|\bwould have (?:been (?:fine|avoid\w*|prevent\w*|caught|spotted|noticed|obvious)|prevented"
                  r"|avoided|caught)\b",
                  ask=INSTEAD),
        ),
    ),
    Rule(
        "hindsight",
        "it is plain only to those who know how it ended",
        (
            _look(r"\b(?:in|with|the benefit of) hindsight\b|\blooking back\b|\bin retrospect\b", ask=VISIBLE),
            _look(rf"{BEGINS}(?:obviously|clearly|of course|unsurprisingly|predictably|evidently|needless to say)"
                  rf"(?:,| (?:the|this|that|these|it|there|nobody|no one|we|they|he|she|a|an|our|{NOUNS})\b)",
                  ask=VISIBLE),
            _look(r"\b(?:(?:clearly|obviously|simply) (?:\w{3,20}ed|did|were|was|should)|(?:clearly|obviously"
                  r"|simply|just)"
                  r" (?:didn'?t|forgot|missed|had to|needed to))\b", by=ANYBODY, ask=VISIBLE),
            _look(r"\b(?:was|were|is) (?:\w+ )?(?:obviously|clearly|plainly) (?:a |an |the )?(?:wrong|bad|not"
                  r"|mistake|too|risky"
                  r"|poor|insufficient|broken|unsafe|going to)\b"
                  r"|\b(?:was|were|been|seemed|looked)(?: (?!not\b)\w+)? (?:obvious|plain to see|glaring|easy to (?:see"
                  r"|spot|predict|foresee))\b",
                  ask=VISIBLE, unless=NEGATION),
            _look(rf"\ball (?:{PRONOUNS}|{SOMEBODY}|(?:the|our) \w+) had to do\b|\b(?:just|only|simply) (?:had"
                  rf"|needed) to\b"
                  r"|\bjust a matter of\b|\b(?:anyone|anybody|everyone|everybody|any \w+) (?:could|would|can"
                  r"|should)(?: have)? "
                  r"(?:see|seen|know|known|spot|spotted|notice|noticed|predict|predicted)\b",
                  ask="What did it take at that moment, with what could be seen then?"),
        ),
    ),
    Rule(
        "why",
        "why asks people to justify themselves; what and how ask them to describe",
        (
            _look(rf"{ASKED} (?:did|was|were|had|would)(?:n'?t)? {WHO}",
                  ask="What did {who} see and expect at that moment?"),
            _look(rf"{ASKED} (?:(?:did|was|were|had|would)(?:n'?t)?\b|(?:are|is|do|does|have|has)(?:n'?t)?"
                  rf" (?:(?:the|our) )?(?:{NOUNS}|{SOMEBODY})\b)",
                  ask="How did it come about, and what was known at that time?"),
            _look(rf"\bwhy {WHO} (?:had|did|didn'?t|would|hadn'?t|never|ran|made|chose|went|took|thought"
                  rf"|\w{{3,20}}ed)\b",
                  ask="What did {who} see and expect at that moment?", unless=EXPLAINED),
        ),
    ),
    Rule(
        "root_cause",
        "one cause is where looking stopped; it usually takes several things together",
        (
            _look(r"\broot[- ]?cause\b(?: (?:was|is|to be|being|as|turned out to be)|[:–-]| -)"
                  r"(?: (?:identified as|traced (?:back )?to|found to be|determined to be|due to))?"
                  rf"(?! (?:found|identified|discovered|determined|not|unknown|unclear)\b){REST}", ask=TOGETHER,
                  unless=NEGATION),
            _look(r"\b(?:single|sole|only|one|real|true|actual|main|underlying) (?:true |real "
                  r"|root )?cause\b(?: of [\w ]{1,40}?)?"
                  rf" (?:was|is) {REST}", ask=TOGETHER, unless=NEGATION),
            _look(r"\broot[- ]?cause\b", ask="Which contributing factors came together?", unless=NEGATION),
        ),
    ),
)  # fmt: skip

# -- finding

TRIES = 3
"""Places of a sentence where an expression may stand behind somebody."""
BEFORE = 130
"""Characters before it in which they have to stand."""


@lru_cache(maxsize=256)
def hints(text: str) -> tuple[Hint, ...]:
    """At most one hint a sentence, in the order of the text."""
    own = own_words(text)
    return tuple(hint for begin, end in sentences(own) if (hint := _hint(text, own, begin, end)))


def _hint(text: str, own: str, begin: int, end: int) -> Hint | None:
    sentence = own[begin:end]
    for rule in RULES:
        for look in rule.looks:
            if found := _find(look, sentence):
                start, last = begin + found[0], found[1]
                said = text[start : begin + last.end()].strip()
                words = {name: word.strip(" -") for name, word in last.groupdict(default="").items()}
                return Hint(
                    start=start, end=start + len(said), rule=rule.name, found=said, why=rule.why,
                    rewording=look.ask.format(found=said, **words), sentence=text[begin:end],
                )  # fmt: skip
    return None


def _find(look: Look, sentence: str) -> tuple[int, re.Match[str]] | None:
    """Where it begins, and the last of the expressions, each searched behind the one before."""
    for last in islice(look.finds[0].finditer(sentence), TRIES if look.by else 1):
        start = _beginning(look, sentence, last)
        if start is None:
            continue
        for more in look.finds[1:]:
            then = more.search(sentence, last.end())
            if then is None:
                return None
            last = then
        return start, last
    return None


def _beginning(look: Look, sentence: str, first: re.Match[str]) -> int | None:
    if look.unless and look.unless.search(sentence, 0, first.start()):
        return None
    if look.by is None:
        return first.start()
    who = look.by.search(sentence, max(0, first.start() - BEFORE), first.start())
    return who.start() if who else None
