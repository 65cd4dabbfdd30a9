"""Reads the register that councils keep today, a spreadsheet saved as CSV: whatever its columns are called and however its dates are written."""
import csv
import dataclasses
import datetime
import hashlib
import io
import itertools
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
DELIMITERS = ",;\t|"
HEADING_WITHIN = 10      # a sheet may begin with its title
MAX_CELL = 1_000_000     # a whole file behind one open quotation mark is no cell
# What a spreadsheet leaves where a value should be: a formula that was never worked out, or one that failed.
NO_VALUE = re.compile(r"=.*|#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+).*", re.I)
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
        return digest({name: value for name, value in sorted(self.fields.items()) if value})

    @property
    def event(self):
        """What the row tells of: the same after its dates of review, age check, handles or precautions were mended."""
        words = {name: self.fields.get(name, "").lower() for name in ("entry", "name", "incident", "reason", "what")}
        return digest({**words, "happened": str(self.date("happened"))})

    def date(self, name):
        """A date or None; None with a fault where something stands there that is no date."""
        text = self.fields.get(name, "")
        if not text:
            return None
        day = read_date(text)
        if day is None and ("DATE_NOT_READABLE", name) not in self.faults:
            self.faults.append(("DATE_NOT_READABLE", name))
        return day


def digest(words):
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:32]


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


def columns(heading):
    """Which cell is what, and the headings that nobody knows."""
    known, unknown = {}, []
    for at, word in enumerate(heading):
        name = next((name for name, words in COLUMNS.items() if plain(word) in words), None)
        if name and name not in known.values():
            known[at] = name
        elif word.strip():
            unknown.append(word.strip())
    return known, unknown


def missing(heading):
    return [name for name in NEEDED if name not in columns(heading)[0].values()]


def records(text, delimiter, strict=True):
    """(line, cells) each. What can't be split into cells for certain ends the reading: a guess would mix people up."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    begins = 1
    try:
        for cells in lines:
            yield begins, cells
            begins = lines.line_num + 1
    except csv.Error:
        raise Fault(f"line {begins}: a quotation mark opens there and is not closed where its cell ends, so that nobody can tell which "
                    "cell is whose. Mend that line (a quotation mark within a cell is written twice)", 2) from None


def find_heading(text):
    """The separator and the place of the line that names the columns."""
    first = None
    for delimiter in DELIMITERS:
        for line, cells in itertools.islice(records(text, delimiter, strict=False), HEADING_WITHIN):
            if not missing(cells):
                return delimiter, line
            if first is None or len(cells) > len(first):
                first = cells
    lacking = missing(first or [])
    raise Fault(f"no column for {' and '.join(lacking)} in: {', '.join(first or [])[:200]}. Known headings: "
                + "; ".join(f"{name}: {', '.join(COLUMNS[name][:4])}" for name in lacking), 2)


def row_of(line, cells, known, width):
    row = Row(line, {})
    for at, name in known.items():
        value = " ".join(cells[at].split()) if at < len(cells) else ""
        if NO_VALUE.fullmatch(value):
            row.faults.append(("NOT_A_VALUE", name))
            value = ""
        row.fields[name] = value
    if any(cell.strip() for cell in cells[width:]):  # a separator inside an unquoted text: from there on nothing is where it belongs
        row.faults.append(("CELLS_SHIFTED", ""))
    return row


def read(path):
    """The rows, and the headings that nobody knows (they are left where they are)."""
    raw = path.read_bytes()
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Fault(f"{path.name} is a workbook: open it and save the sheet as CSV (UTF-8)", 2)
    csv.field_size_limit(MAX_CELL)
    text = decode(raw).replace("\x00", "")
    text = re.sub(r"\Asep=.(?=[\r\n])", "", text)  # Excel's own note to itself
    if not text.strip():
        raise Fault("the file is empty: its first line names the columns", 2)
    delimiter, heading_line = find_heading(text)
    rows = []
    for line, cells in records(text, delimiter):
        if line == heading_line:
            known, unknown = columns(cells)
            width = len(cells)
        elif line > heading_line and any(cell.strip() for cell in cells):
            rows.append(row_of(line, cells, known, width))
    return rows, unknown
