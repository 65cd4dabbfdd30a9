"""Reads the register that councils keep today, a spreadsheet saved as CSV: whatever its columns are called and however its dates are written."""
import csv
import dataclasses
import datetime
import hashlib
import io
import json
import re

from places import Fault

# What councils call their columns, in lower case without punctuation.
COLUMNS = {
    "entry": ("entry", "entry no", "entry number", "register no", "register number", "ref", "reference", "id", "no"),
    "name": ("name", "person", "person name", "full name", "customer", "customer name", "display name", "individual"),
    "born": ("date of birth", "dob", "born", "birth date"),
    "age_check": ("age check", "age basis", "age checked", "age evidence"),
    "phone": ("phone", "telephone", "tel", "phone number", "mobile", "phones", "contact number"),
    "email": ("email", "e mail", "email address", "mail"),
    "address": ("address", "property", "property address"),
    "uprn": ("uprn", "property reference", "unique property reference number"),
    "crm": ("crm", "crm ref", "crm reference", "customer ref", "person ref", "account"),
    "happened": ("incident date", "date of incident", "happened on", "date"),
    "incident": ("incident ref", "incident no", "incident number", "h s ref", "h s record", "hs record", "record no", "portal ref"),
    "reason": ("reason", "category", "type", "risk", "behaviour", "reason for entry"),
    "what": ("what happened", "description", "details", "narrative", "notes"),
    "channel": ("channel", "how", "contact method", "where"),
    "area": ("service area", "service", "department", "directorate"),
    "staff": ("staff no", "staff number", "employee no", "officer no", "staff affected"),
    "instruction": ("instruction", "precautions", "action", "advice", "what to do", "control measures"),
    "flags": ("flags", "flag", "warning flags", "markers"),
    "added": ("added", "date added", "added on", "entered", "date entered", "start date"),
    "reviewed": ("reviewed", "last reviewed", "reviewed on", "date reviewed"),
    "review": ("review", "review date", "next review", "review due", "expiry", "expiry date"),
    "told": ("told", "person told", "informed", "person informed", "notified"),
}
NEEDED = ("name", "reason")
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
EXCEL_EPOCH = datetime.date(1899, 12, 30)
EXCEL_DAYS = range(20000, 80000)  # 1954 to 2119: a date that the spreadsheet exported as its number


@dataclasses.dataclass
class Row:
    line: int
    fields: dict
    faults: list = dataclasses.field(default_factory=list)  # (code, column): what could not be read

    def __getattr__(self, name):
        if name in COLUMNS:
            return self.fields.get(name, "")
        raise AttributeError(name)

    @property
    def key(self):
        """The row's content, whatever its line or spacing: the same row has the same key in every run."""
        words = {name: value for name, value in sorted(self.fields.items()) if value}
        return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:32]

    def date(self, name):
        """A date or None; None with a fault where something stands there that is no date."""
        text = self.fields.get(name, "")
        if not text:
            return None
        day = read_date(text)
        if day is None and (f"DATE_NOT_READABLE", name) not in self.faults:
            self.faults.append(("DATE_NOT_READABLE", name))
        return day


def read_date(text):
    """Day first, as Britain writes; ISO; a month's name; or a spreadsheet's number."""
    text = text.strip().split("T")[0]
    text = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?$", "", text)
    if m := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        year, month, day = map(int, m.groups())
    elif m := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})", text):
        day, month, year = map(int, m.groups())
        year += 2000 if year < 50 else 1900 if year < 100 else 0
    elif m := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[ \-]([A-Za-z]{3})[a-z]*\.?[ \-,]*(\d{4})", text):
        day, month, year = int(m[1]), MONTHS.get(m[2].lower(), 0), int(m[3])
    elif text.isdigit() and int(text) in EXCEL_DAYS:
        return EXCEL_EPOCH + datetime.timedelta(days=int(text))
    else:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def decode(raw):
    """UTF-8, with or without a byte order mark; else what spreadsheets of the region write."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def plain(heading):
    return " ".join(re.sub(r"[^a-z0-9]+", " ", heading.lower()).split())


def read(path):
    """The rows, and the headings that nobody knows (they are left where they are)."""
    text = decode(path.read_bytes()).replace("\x00", "")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    heading = next(lines, None)
    if not heading:
        raise Fault("the file is empty: its first line names the columns", 2)
    known, unknown = {}, []
    for at, word in enumerate(heading):
        name = next((name for name, words in COLUMNS.items() if plain(word) in words), None)
        if name and name not in known.values():
            known[at] = name
        elif word.strip():
            unknown.append(word.strip())
    if missing := [name for name in NEEDED if name not in known.values()]:
        raise Fault(f"no column for {' and '.join(missing)} in: {', '.join(heading)}. Known headings: "
                    + "; ".join(f"{name}: {', '.join(COLUMNS[name][:4])}" for name in missing), 2)
    rows, begins = [], lines.line_num + 1
    for cells in lines:
        fields = {name: " ".join(cells[at].split()) for at, name in known.items() if at < len(cells)}
        if any(fields.values()):
            rows.append(Row(begins, fields))
        begins = lines.line_num + 1
    return rows, unknown
