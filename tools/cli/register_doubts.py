"""Which rows of the old register can stand, and which a person has to look at first. Pure: rows in, doubts out."""
import collections
import dataclasses
import re

ADULT_FROM = 16      # under it, a register entry needs the basis on which age was looked at (8.1)
INFANT_BELOW = 12    # Scotland's age of criminal responsibility: never proposed from a spreadsheet
REVIEW_MONTHS = 12   # the register's own review interval
MAX_INSTRUCTION = 200

# What each doubt means, what it stops, and what to do about it. "row": nothing is taken over; "marker": the person and the incident are,
# without an entry; "note": nothing is stopped.
DOUBTS = {
    "NO_NAME": ("row", "4.3", "Nobody is named. Find out who it is, or leave the row behind."),
    "SEVERAL_PEOPLE": ("row", "12.4", "An entry is about one person. Write a row for each whose behaviour it was."),
    "CELLS_SHIFTED": ("row", "12.2", "The row has more cells than the heading, so that nothing can be told for sure. Put quotation marks around texts that hold the separator."),
    "NO_REPORTED_INCIDENT": ("row", "4.3", "A register entry needs a reported incident. Record the incident first, or leave the row behind."),
    "NOT_ABOUT_BEHAVIOUR": ("row", "6.1", "The reason is not about the person's behaviour; a dog or a building is not an entry about a person."),
    "REASON_UNKNOWN": ("row", "8.1", "The reason names none of the policy's behaviours. Say which one it was."),
    "DATE_IN_FUTURE": ("row", "4.4", "The incident's date lies in the future."),
    "DUPLICATE_ROW": ("row", "12.2", "The same row stands further up; it is taken once."),
    "SAME_INCIDENT": ("row", "12.2", "The same incident stands further up, with other details beside it; it is taken once, as that row says."),
    "OTHER_BIRTHDAY": ("row", "12.4", "Another row has this name or reference and another date of birth: a slip, or two people. Settle it first."),
    "NO_AREA": ("row", "4.3", "No service area answers for it. Add the column or pass --service-area."),
    "UNDER_12": ("marker", "8.1", "The person is a young child. No entry is proposed; ask the head of establishment."),
    "UNDER_16": ("marker", "8.1", "The person is under 16. Fill an 'age check' column with the basis on which age was considered."),
    "AGE_UNKNOWN": ("marker", "8.1", "The age is not known. Fill 'date of birth', or 'age check' with how age was considered."),
    "REVIEW_EXPIRED": ("marker", "7.4", "The review date has passed. Review it now and correct the date, or accept the doubt by --accept REVIEW_EXPIRED."),
    "NEVER_REVIEWED": ("marker", "7.4", "Nothing says that it was looked at in the last 12 months. Review it, or --accept NEVER_REVIEWED."),
    "NO_HANDLE": ("marker", "12.4", "No phone, e-mail, address or CRM reference can be read: no contact could ever match the entry."),
    "OTHER_PERSON": ("marker", "12.4", "The phone, e-mail or CRM reference belongs to somebody of another name or date of birth in the register. Check who it is."),
    "HANDLE_NOT_READABLE": ("note", "12.2", "It can't be read as a phone number, e-mail address or UPRN and is left out of the person's handles."),
    "DATE_NOT_READABLE": ("note", "12.2", "It can't be read as a date and counts as not given."),
    "NOT_A_VALUE": ("note", "12.2", "A formula, or its error, stands there instead of a value, and counts as not given. Export values."),
    "TAKEN_IN_OTHER_WORDS": ("note", "12.2", "The incident was taken over before, in other words, which stand. Correct it there, by an amendment; another one of that day is recorded by hand."),
    "ADDRESS_WITHOUT_UPRN": ("note", "12.2", "An address is matched by its UPRN only; look it up and add it, so that visits are covered."),
    "SAME_PERSON": ("note", "12.2", "An earlier row is about the same person: one person, one entry, each incident of its own."),
    "SAME_NAME": ("note", "12.2", "Another row has this name but shares no handle: look whether it is the same person."),
    "SHARED_HANDLE": ("note", "12.4", "Several people have this phone, e-mail or address: a match will say 'possible', never more."),
    "CHANNEL_ASSUMED": ("note", "2", "No column says how the contact was made: read from the text, or taken as in person."),
    "THREAT_TARGET_ASSUMED": ("note", "7.13", "The row does not say whom the threat was aimed at: taken as staff."),
    "STAFF_UNKNOWN": ("note", "7.3", "No staff number: whoever was harmed can't be kept from deciding on the entry."),
    "INSTRUCTION_REPLACED": ("note", "12.4", "The instruction was long, about health or belief, or a judgement of the person: a plain one takes its place."),
    "FLAG_UNKNOWN": ("note", "12.4", "A flag that has no instruction of its own is left behind."),
}
# Each pattern begins where a word begins: a parcel that was dispatched is no "spat", and repairs are no "pair".
BEHAVIOURS = (("VIOLENCE", r"violen|assault|punch|kick|slap|hit\b|struck|push|spat\b|spit|bit\b|headbutt|attack"),
              ("PHYSICAL_THREAT", r"threat|weapon|knife|intimidat"),
              ("HARASSMENT", r"harass|stalk|sexual"), ("ABUSE", r"abus|racis|sexis|homophob|swear|swore|verbal|aggress|shout"))
NOT_BEHAVIOUR = r"\b(dogs?|alsatian|infectio\w*|needles?|asbestos|access issues?|hazard)\b"
ASPECTS = (("RACIST", "racis"), ("SEXIST", "sexis"), ("HOMOPHOBIC", "homophob"))
CHANNELS = (("PHONE", r"(tele)?phone|call"), ("EMAIL", r"e-?mail"), ("LETTER", r"letter|post\b"), ("SOCIAL_MEDIA", r"facebook|social|twitter"),
            ("ONLINE_FORM", r"(web ?)?form\b|online|website"), ("IN_PERSON", r"(home )?visit|counter|office|home|(in )?person|reception|site|street|door|school"))
INSTRUCTIONS = (("Visit in pairs.", r"pairs?\b|two officers|2 officers|not? visit alone|never visit alone|visit alone|lone|double"),
                ("Do not visit at home; meet at a council office.", r"no (home )?visit|office only|do not visit"),
                ("Contact by phone or in writing only.", r"phone only|writing only|letter only"))
# A name that names nobody, and one that names two.
NOBODY = (r"(unknown|un-?named|not known|n/?k|n/?a|none|tbc|anon(ymous)?|no name|(the )?(occupier|occupant|householder|tenant|resident|owner)|[-–?.*x]+)"
          r"( (male|female|man|woman|person|caller|customer|visitor|resident|tenant|occupier))?")
SEVERAL = r"\b(mr|mrs|ms|miss|mx|dr)\b.*(&|\band\b).*\b(mr|mrs|ms|miss|mx|dr)\b|^the .+ family$|\bfamily$"
OLDEST = 115  # years; a spreadsheet's 1 January 1900 is nobody's date of birth
DEFAULT_INSTRUCTION = "Do not meet alone; speak to your manager first."
# What has no place on a marker: health, belief, or a judgement of the person (11.1, 12.4).
NOT_ON_A_MARKER = r"\b(hiv|hepatitis|mental\w*|schizo\w*|bipolar|psych\w*|drugs?|alcoholi[cs]\w*|muslim|catholic|gay|nutter|mad|thug|scum|liar|trouble ?maker)\b"


@dataclasses.dataclass
class Verdict:
    """A row, what is doubtful about it, and what would be taken over."""
    row: object
    doubts: list = dataclasses.field(default_factory=list)  # (code, what it is about)
    behaviour: str = ""
    channel: str = "IN_PERSON"
    area: str = ""
    instruction: str = DEFAULT_INSTRUCTION
    handles: list = dataclasses.field(default_factory=list)  # (kind, as compared here, as written)
    born: object = None
    first: object = None  # the verdict of the first row about the same person

    def doubt(self, code, about=""):
        if (code, about) not in self.doubts:
            self.doubts.append((code, about))

    def stops(self, what, accepted=()):
        return [code for code, _ in self.doubts if DOUBTS[code][0] == what and code not in accepted]


def compared_phone(text):
    """Good enough to see that two rows share a number; the register itself decides by libphonenumber."""
    if re.search(r"\d[.,]?\d*e\+?\d", text.lower()):
        return None  # 4.47701E+11: the spreadsheet took the number for a number and kept a part of it
    digits = re.sub(r"\(0\)", "", text)
    digits = re.sub(r"[^\d+]", "", digits)
    digits = re.sub(r"^(\+|00)44", "0", digits).lstrip("+")
    if 9 <= len(digits) <= 10 and not digits.startswith("0"):
        digits = "0" + digits  # the spreadsheet took the number for a number
    return digits if 10 <= len(digits) <= 15 else None


def compared_email(text):
    return text.lower() if re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+", text) else None


def compared_uprn(text):
    digits = text.lstrip("0")
    return digits if digits.isdigit() and len(digits) <= 12 else None


def first_named(table, *texts):
    """The first thing in the table that a text speaks of; the texts in their order."""
    return next((name for text in texts for name, pattern in table if re.search(rf"\b(?:{pattern})", text.lower())), "")


def read_handles(verdict):
    row = verdict.row
    split = lambda text: [part.strip() for part in re.split(r"[;/\n]| or ", text) if part.strip()]
    for kind, column, parts, compare in (("PHONE", "phone", split(row.phone), compared_phone), ("EMAIL", "email", split(row.email), compared_email),
                                         ("UPRN", "uprn", split(row.uprn), compared_uprn)):
        for written in parts:
            if (same := compare(written)) is None:
                verdict.doubt("HANDLE_NOT_READABLE", column)
            elif not any(handle[:2] == (kind, same) for handle in verdict.handles):
                verdict.handles.append((kind, same, same if kind == "PHONE" else written))
    if row.address and not row.uprn:
        verdict.doubt("ADDRESS_WITHOUT_UPRN", "address")
    if not verdict.handles and not row.crm:
        verdict.doubt("NO_HANDLE")


def add_months(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    return day.replace(year=year, month=month, day=min(day.day, last))


def judge_name(verdict):
    name = " ".join(verdict.row.name.lower().split())
    if not name or re.fullmatch(NOBODY, name):
        verdict.doubt("NO_NAME", "name")
    elif re.search(SEVERAL, name):
        verdict.doubt("SEVERAL_PEOPLE", "name")


def birthday(row, today):
    """None where it says nothing: an 81-year-old's "45" is no year to come, and 1900 is a spreadsheet's nought."""
    born = row.date("born")
    if born and born > today and not re.search(r"\d{4}", row.born):
        born = add_months(born, -12 * 100)
    if born and not today.year - OLDEST <= born.year <= today.year:
        row.faults.append(("DATE_NOT_READABLE", "born"))
        return None
    return born


def judge_age(verdict, today):
    verdict.born = born = birthday(verdict.row, today)
    if born and add_months(born, 12 * INFANT_BELOW) > today:
        verdict.doubt("UNDER_12", "born")
    elif born and add_months(born, 12 * ADULT_FROM) > today and not verdict.row.age_check:
        verdict.doubt("UNDER_16", "born")
    elif not born and not verdict.row.age_check:
        verdict.doubt("AGE_UNKNOWN", "born")


def judge_review(verdict, today):
    row = verdict.row
    due, looked_at = row.date("review"), row.date("reviewed") or row.date("added")
    if due and due < today:
        verdict.doubt("REVIEW_EXPIRED", "review")
    elif not due and (not looked_at or add_months(looked_at, REVIEW_MONTHS) < today):
        verdict.doubt("NEVER_REVIEWED", "reviewed")


def judge_incident(verdict, today):
    row = verdict.row
    words = f"{row.reason} {row.what}".lower()
    happened = row.date("happened")
    if not happened and not row.incident:
        verdict.doubt("NO_REPORTED_INCIDENT", "happened")
    if happened and happened > today:
        verdict.doubt("DATE_IN_FUTURE", "happened")
    verdict.behaviour = first_named(BEHAVIOURS, row.reason, words)  # the reason's own word before the story's
    if not verdict.behaviour:
        verdict.doubt("NOT_ABOUT_BEHAVIOUR" if re.search(NOT_BEHAVIOUR, words) else "REASON_UNKNOWN", "reason")
    said = first_named(CHANNELS, row.channel)
    verdict.channel = said or first_named(CHANNELS, words) or "IN_PERSON"
    if not said and not row.incident:
        verdict.doubt("CHANNEL_ASSUMED", verdict.channel)
    if verdict.behaviour == "PHYSICAL_THREAT" and not re.search(r"staff|officer|neighbour|tenant|resident", words) and not row.incident:
        verdict.doubt("THREAT_TARGET_ASSUMED", "reason")
    if not row.staff and not row.incident:
        verdict.doubt("STAFF_UNKNOWN", "staff")


def choose_instruction(verdict):
    row = verdict.row
    if row.instruction and len(row.instruction) <= MAX_INSTRUCTION and not re.search(NOT_ON_A_MARKER, row.instruction.lower()):
        verdict.instruction = row.instruction
    else:
        verdict.instruction = first_named(INSTRUCTIONS, row.instruction, row.flags) or DEFAULT_INSTRUCTION
        if row.instruction:
            verdict.doubt("INSTRUCTION_REPLACED", "instruction")
    for flag in re.split(r"[;,|]", row.flags):
        if flag.strip() and not first_named(INSTRUCTIONS, flag):
            verdict.doubt("FLAG_UNKNOWN", "flags")


def contradicts(one, other):
    """Two dates of birth are two people, whatever else they share."""
    return bool(one.born and other.born and one.born != other.born)


def shares(one, other):
    mine, theirs = ({handle[:2] for handle in verdict.handles if handle[0] != "UPRN"} for verdict in (one, other))
    return bool(mine & theirs) or bool(one.born and one.born == other.born)


def find_first(verdict, namesakes, by_crm):
    """The first row about the same person; says where it may be, or must not be, the same one."""
    first = by_crm.get(verdict.row.crm) if verdict.row.crm else None
    first = first or next((other for other in namesakes if shares(verdict, other) and not contradicts(verdict, other)), None)
    if first and contradicts(verdict, first):
        verdict.doubt("OTHER_BIRTHDAY", f"line {first.row.line}")
    elif first:
        verdict.first = first.first or first
        verdict.doubt("SAME_PERSON", f"line {verdict.first.row.line}")
    elif namesakes:
        alike = next((other for other in namesakes if shares(verdict, other)), None)
        verdict.doubt("OTHER_BIRTHDAY" if alike else "SAME_NAME", f"line {(alike or namesakes[0]).row.line}")


def judge_together(verdicts):
    """What only shows when rows stand side by side: the same row, the same person, a shared handle."""
    seen, events, by_name, holders, by_crm = set(), {}, collections.defaultdict(list), collections.defaultdict(set), {}
    for verdict in verdicts:
        if verdict.row.key in seen:
            verdict.doubt("DUPLICATE_ROW")
            continue
        seen.add(verdict.row.key)
        if (told := events.setdefault(verdict.row.event, verdict)) is not verdict:
            verdict.doubt("SAME_INCIDENT", f"line {told.row.line}")
            continue
        namesakes = by_name[" ".join(verdict.row.name.lower().split())]
        find_first(verdict, namesakes, by_crm)
        namesakes.append(verdict)
        if verdict.row.crm:
            by_crm.setdefault(verdict.row.crm, verdict)
        for handle in verdict.handles:
            holders[handle[:2]].add(id(verdict.first or verdict))
    for verdict in verdicts:
        for handle in verdict.handles:
            if len(holders[handle[:2]]) > 1:
                verdict.doubt("SHARED_HANDLE", handle[0].lower())
    return {handle for handle, people in holders.items() if len(people) > 1}


def judge(rows, area, today):
    """A verdict for each row in order, and the handles that several people share."""
    verdicts = []
    for row in rows:
        verdict = Verdict(row, area=row.area or area)
        judge_name(verdict)
        if not verdict.area:
            verdict.doubt("NO_AREA", "area")
        read_handles(verdict)
        judge_incident(verdict, today)
        judge_age(verdict, today)
        judge_review(verdict, today)
        choose_instruction(verdict)
        for code, about in row.faults:
            verdict.doubt(code, about)
        verdicts.append(verdict)
    return verdicts, judge_together(verdicts)
