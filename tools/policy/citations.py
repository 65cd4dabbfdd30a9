"""What each clause is cited for: every sentence of a refusal that names a clause stands in citations.txt under it, read by a human beside the
policy's text. What the policy doesn't say cites where it comes from instead (SOURCES)."""
import pathlib
import re

TABLE = pathlib.Path(__file__).with_name("citations.txt")
SOURCES = {"council rule", "UK GDPR art. 5(1)(e)", "UK GDPR art. 15", "UK GDPR art. 17(3)(e)", "Equality Act 2010 s.20", "RIDDOR 2013",
           "Age of Legal Capacity (Scotland) Act 1991", "Scottish Public Services Ombudsman Act 2002"}
CLAUSE = r"\d{1,2}(?:\.\d{1,2})?"
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONSTANT = re.compile(r'constexpr (?:std::string_view|char) (k\w+)(?:\[\])? =\s*((?:"(?:[^"\\]|\\.)*"\s*)+);')
COMMENT = re.compile(r'(?m)("(?:[^"\\\n]|\\.)*")|//.*$')
# No refusals: states and their clauses, codes of mail servers, settings.
NOT_HERE = re.compile(r"states\.h$|delivery_report\.cc$|settings_table\.cc$")


def rest_of_group(text, at):
    """From `at` to the bracket that closes around it."""
    depth, i = 0, at
    while i < len(text):
        if text[i] == '"':
            i = LITERAL.match(text, i).end()
            continue
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(text[i], 0)
        if depth < 0 or text[i] == ";":
            break
        i += 1
    return text[at:i]


def joined(text):
    """Literals side by side are one."""
    return re.sub(r'"\s*\n?\s*"', "", text)


def cited_in(text):
    """(clause, sentence) of each refusal and reason in a source."""
    text = joined(COMMENT.sub(lambda m: m[1] or "", text))
    constants = {name: LITERAL.match(value)[1] for name, value in CONSTANT.findall(text)}
    for found in re.finditer(rf'"({CLAUSE})"(?=\s*[,:])', text):
        group = rest_of_group(text, found.end())
        for literal in LITERAL.finditer(group):
            if " " in literal[1].strip():
                yield found[1], literal[1].strip()
        for name in re.findall(r"\b(k[A-Z]\w*)\b", LITERAL.sub("", group)):
            if " " in constants.get(name, ""):
                yield found[1], constants[name]


def cited(paths):
    return sorted({pair for path in paths if not NOT_HERE.search(str(path)) for pair in cited_in(path.read_text())}, key=order)


def order(pair):
    return tuple(map(int, pair[0].split("."))), pair[1]


def unknown_sources(paths):
    laws = re.compile(r'"((?:[^"\\]* Act \d{4}[^"]*|UK GDPR[^"]*|RIDDOR[^"]*|[Cc]ouncil(?:\'s)? rules?))"')
    return sorted({(str(path), name) for path in paths for name in laws.findall(path.read_text()) if name not in SOURCES})


def reviewed():
    """What the table holds: {clause: what it says}, and the pairs."""
    says, pairs, clause = {}, [], None
    for line in TABLE.read_text().splitlines():
        if head := re.match(rf"({CLAUSE})  (.+)", line):
            clause = head[1]
            says[clause] = head[2]
        elif line.startswith("    "):
            pairs.append((clause, line.strip()))
    return says, pairs


def faults(paths, clauses):
    says, table = reviewed()
    now = cited(paths)
    lines = [f"clause {clause} is cited and the policy has none" for clause in sorted({c for c, _ in now} - set(clauses))]
    lines += [f"clause {clause} is cited for \"{sentence}\": does it say that? Then a line in tools/policy/citations.txt; else cite where it comes from"
              for clause, sentence in now if (clause, sentence) not in set(table)]
    lines += [f"tools/policy/citations.txt: nobody says \"{sentence}\" under {clause} any more" for clause, sentence in table if (clause, sentence) not in set(now)]
    lines += [f"{path}: \"{name}\" is no source that is known (tools/policy/citations.py)" for path, name in unknown_sources(paths)]
    return lines
