#!/usr/bin/env python3
"""Writes portal-export.csv and portal-export.expected.json: invented rows in the portal's format, with the defects real exports have.

Numbers are of Ofcom's drama ranges, addresses of example domains. The same seed gives the same file.
"""
import csv
import io
import json
import pathlib
import random

COLUMNS = ("RecordNo,Version,Status,IncidentDate,IncidentTime,ReportedDateTime,Service,Team,Location,UPRN,ContactMethod,EmployeeNo,EmployeeName,"
           "JobTitle,LineManagerNo,PersonName,PersonPhone,PersonEmail,PersonRef,Categories,ThreatTarget,WarningGiven,ContactEnded,PoliceReported,"
           "PoliceRef,WebLink,Witnesses,Injury,Description,ImmediateAction").split(",")
RECORDS = 260
FIRST = "Ailsa Bruce Cara Davie Elspeth Fraser Gail Hamish Isla Jack Kirstin Lorna Moira Neil Oonagh Peter Rory Sheila Tam Una".split()
LAST = "Aird Baird Carrick Dow Eadie Ferrie Gowans Halley Imrie Jarvie Kinnear Laidlaw Muir Napier Orr Petrie Rankine Shearer Tosh".split()
TEAMS = {"Housing": ["Repairs", "Tenancy"], "Education": ["Lornshill Academy", "Alva Primary"], "Social Work": ["Adult Care"],
         "Customer Services": ["Reception", "Contact Centre"], "Environment": ["Waste"]}
METHODS = ["Phone", "Phone", "Phone", "Face to face", "Email", "Letter", "Online form", "Social media", "Council event", "Outside work"]
CATEGORIES = ["Violence", "Physical threat", "Abuse", "Abuse", "Harassment", "Named publicly", "Recording without consent",
              "Contact outside office", "Excessive demand", "Excessive volume", "Refusal to co-operate", "Complaint process", "Other"]
TEXTS = ["Shouted and swore on the phone for several minutes.", "Sent eleven messages in one morning.", "Said the call was being recorded.",
         "Threatened to come to the office.\nThe call was ended.", 'Called the officer "a liar" more than once.', "Would not give the address needed for the visit."]


def name(dice):
    return f"{dice.choice(FIRST)} {dice.choice(LAST)}"


def phone(dice):
    n = dice.randrange(1000)
    return dice.choice([f"07700 900{n:03}", f"+447700900{n:03}", f"01632-960-{n:03}", f"(01632) 960{n:03}", ""])


def record(dice, number):
    service = dice.choice(list(TEAMS))
    month, day = dice.randint(1, 9), dice.randint(1, 28)
    hour, minute = dice.randint(8, 17), dice.randint(0, 59)
    categories = dice.sample(sorted(set(CATEGORIES)), dice.choice([1, 1, 1, 2]))
    unknown = dice.random() < 0.06
    who = "Unknown" if unknown else name(dice)
    threat = "Physical threat" in categories
    return dict(RecordNo=f"HS-{200000 + number}", Version="1", Status="Submitted", IncidentDate=f"{day:02}/{month:02}/2025",
                IncidentTime=f"{hour:02}:{minute:02}", ReportedDateTime=f"{day:02}/{month:02}/2025 {hour + 1:02}:{minute:02}", Service=service,
                Team=dice.choice(TEAMS[service]), Location=dice.choice(["Kilncraigs", "Home visit", "Online", ""]),
                UPRN=dice.choice(["", str(118300000 + number)]), ContactMethod=dice.choice(METHODS), EmployeeNo=f"E{1000 + dice.randint(1, 400)}",
                EmployeeName=name(dice), JobTitle=dice.choice(["Adviser", "Officer", "Teacher"]), LineManagerNo=f"E{2000 + dice.randint(1, 80)}",
                PersonName=who, PersonPhone="" if unknown else phone(dice),
                PersonEmail="" if unknown else dice.choice(["", f"{who.lower().replace(' ', '.')}{number}@example.org"]),
                PersonRef="" if unknown else dice.choice(["", f"CRM-{300000 + number}"]), Categories=";".join(categories),
                ThreatTarget="Employee" if threat else "", WarningGiven=dice.choice(["Yes", "No", "Unsafe"]),
                ContactEnded=dice.choice(["Yes", "No"]), PoliceReported=dice.choice(["Yes", "No", "Undecided"]) if threat else "",
                PoliceRef="", WebLink="", Witnesses=dice.choice(["", "", "E1120", "E1121;E1122"]), Injury="No",
                Description=dice.choice(TEXTS), ImmediateAction=dice.choice(["", "Ended the call after a warning."]))


DEFECTS = [lambda row: row.update(RecordNo=""), lambda row: row.update(IncidentDate="31/02/2025"),
           lambda row: row.update(IncidentDate="30/03/2025", IncidentTime="01:30"),  # the hour that the clocks skip
           lambda row: row.update(IncidentDate="05/06/2032"), lambda row: row.update(Categories=""),
           lambda row: row.update(Categories="Abusve"), lambda row: row.update(IncidentTime="25:10")]


def rows_and_truth(dice):
    rows, truth = [], dict(rows=0, created=0, amended=0, withdrawn=0, duplicates=0, rejected=0)
    for number in range(1, RECORDS + 1):
        row = record(dice, number)
        luck = dice.random()
        if luck < 0.05:
            DEFECTS[number % len(DEFECTS)](row)
            rows.append(row)
            truth["rejected"] += 1
            continue
        rows.append(row)
        truth["created"] += 1
        if luck < 0.14:
            rows.append(dict(row))
            truth["duplicates"] += 1
        elif luck < 0.18:
            rows.append({**row, "Version": "2", "Status": "Amended", "Description": row["Description"] + " Amended after a talk with the team."})
            truth["amended"] += 1
        elif luck < 0.20:
            rows.append({**row, "Version": "2", "Status": "Withdrawn"})
            truth["withdrawn"] += 1
        elif luck < 0.23:  # the second version arrives before the first, which then is a duplicate
            rows.insert(len(rows) - 1, {**row, "Version": "2", "Status": "Amended", "ImmediateAction": "Taken over by the team leader."})
            truth["duplicates"] += 1
    truth["rows"] = len(rows)
    return rows, truth


def main():
    here = pathlib.Path(__file__).resolve().parent
    rows, truth = rows_and_truth(random.Random(20260901))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    (here / "portal-export.csv").write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    (here / "portal-export.expected.json").write_text(json.dumps(truth, indent=1) + "\n")


main()
