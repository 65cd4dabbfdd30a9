#include "services/incident/domain/portal_row.h"

#include <algorithm>
#include <map>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include "services/incident/domain/portal_time.h"
#include "services/incident/domain/source_rights.h"
#include "services/platform/base/canonical.h"

namespace evenhand::incident {
namespace {

std::string Lower(const std::string& text) { return absl::AsciiStrToLower(text); }

const std::map<std::string, Behaviour::Value>& Categories() {
  static const std::map<std::string, Behaviour::Value> names = {
      {"violence", Behaviour::VIOLENCE},
      {"physical threat", Behaviour::PHYSICAL_THREAT},
      {"abuse", Behaviour::ABUSE},
      {"unfounded allegation", Behaviour::UNFOUNDED_ALLEGATION},
      {"harassment", Behaviour::HARASSMENT},
      {"named publicly", Behaviour::NAMED_PUBLICLY},
      {"recording without consent", Behaviour::RECORDING_WITHOUT_CONSENT},
      {"contact outside office", Behaviour::CONTACT_OUTSIDE_OFFICE},
      {"excessive demand", Behaviour::EXCESSIVE_DEMAND},
      {"excessive volume", Behaviour::EXCESSIVE_VOLUME},
      {"refusal to co-operate", Behaviour::REFUSAL_TO_COOPERATE},
      {"refusal to cooperate", Behaviour::REFUSAL_TO_COOPERATE},
      {"complaint process", Behaviour::COMPLAINT_PROCESS},
      {"other", Behaviour::OTHER},
  };
  return names;
}

Channel::Value ChannelOf(const std::string& text) {
  static const std::map<std::string, Channel::Value> names = {
      {"phone", Channel::PHONE},
      {"face to face", Channel::IN_PERSON},
      {"email", Channel::EMAIL},
      {"e-mail", Channel::EMAIL},
      {"letter", Channel::LETTER},
      {"online form", Channel::ONLINE_FORM},
      {"social media", Channel::SOCIAL_MEDIA},
      {"council event", Channel::COUNCIL_EVENT},
      {"outside work", Channel::OUTSIDE_WORK},
  };
  const auto found = names.find(Lower(text));
  return found == names.end() ? Channel::CHANNEL_UNSPECIFIED : found->second;
}

std::optional<bool> YesNo(const std::string& text) {
  const std::string lower = Lower(text);
  if (lower == "yes" || lower == "y" || lower == "true") return true;
  if (lower == "no" || lower == "n" || lower == "false" || lower == "unsafe") return false;
  return std::nullopt;
}

std::optional<RowFault> TakeIdentity(const PortalRow& row, PortalRecord& record) {
  record.record_no = row[Column::kRecordNo];
  if (record.record_no.empty()) return RowFault{"NO_RECORD_NUMBER", Column::kRecordNo, "The row has no record number."};
  const std::string& version = row[Column::kVersion];
  if (!version.empty() && (!absl::SimpleAtoi(version, &record.version) || record.version < 1 || record.version > kMaxSourceVersion)) {
    return RowFault{"VERSION_NOT_A_NUMBER", Column::kVersion, "The version is not a whole number from 1 to a million."};
  }
  const std::string status = Lower(row[Column::kStatus]);
  record.withdrawn = status == "withdrawn";
  if (!record.withdrawn && status != "submitted" && status != "amended" && !status.empty()) {
    record.flags.push_back({"STATUS_UNKNOWN", Column::kStatus, "The status is none of Submitted, Amended, Withdrawn; taken as submitted."});
  }
  return std::nullopt;
}

std::optional<RowFault> TakeTimes(const PortalRow& row, absl::Time now, PortalRecord& record) {
  const PortalTime happened = ReadPortalTime(row[Column::kIncidentDate], row[Column::kIncidentTime]);
  switch (happened.fault) {
    case PortalTime::Fault::kNone:
      break;
    case PortalTime::Fault::kDate:
      return RowFault{"DATE_DOES_NOT_EXIST", Column::kIncidentDate, "This date does not exist (day/month/year)."};
    case PortalTime::Fault::kTime:
      return RowFault{"TIME_DOES_NOT_EXIST", Column::kIncidentTime, "This time does not exist (hours:minutes)."};
    case PortalTime::Fault::kSkippedHour:
      return RowFault{"HOUR_SKIPPED", Column::kIncidentTime, "The clocks went forward: this hour did not exist on that day."};
  }
  if (happened.instant > now) return RowFault{"DATE_IN_THE_FUTURE", Column::kIncidentDate, "The date is in the future."};
  record.occurred_at = happened.instant;
  if (happened.doubled)
    record.flags.push_back({"HOUR_DOUBLED", Column::kIncidentTime, "The clocks went back: taken as the first of the two hours."});
  const std::string& reported = row[Column::kReportedDateTime];
  if (reported.empty()) return std::nullopt;
  const std::pair<std::string, std::string> parts = absl::StrSplit(reported, absl::MaxSplits(' ', 1));
  const PortalTime told = ReadPortalTime(parts.first, parts.second);
  if (told.fault == PortalTime::Fault::kNone)
    record.reported_at = told.instant;
  else
    record.flags.push_back({"REPORTED_TIME_UNREADABLE", Column::kReportedDateTime, "This time does not exist; left out."});
  if (told.doubled)
    record.flags.push_back({"HOUR_DOUBLED", Column::kReportedDateTime, "The clocks went back: taken as the first of the two hours."});
  return std::nullopt;
}

std::optional<RowFault> TakeCategories(const PortalRow& row, PortalRecord& record) {
  for (const absl::string_view part : absl::StrSplit(row[Column::kCategories], ';')) {
    const std::string name = Lower(std::string(absl::StripAsciiWhitespace(part)));
    if (name.empty()) continue;
    const auto found = Categories().find(name);
    if (found == Categories().end()) return RowFault{"CATEGORY_UNKNOWN", Column::kCategories, "One of the categories is not known."};
    if (std::find(record.behaviours.begin(), record.behaviours.end(), found->second) == record.behaviours.end()) {
      record.behaviours.push_back(found->second);
    }
  }
  if (record.behaviours.empty()) return RowFault{"NO_CATEGORY", Column::kCategories, "The row names no category."};
  return std::nullopt;
}

void TakeThreatAndWarning(const PortalRow& row, PortalRecord& record) {
  const std::string target = Lower(row[Column::kThreatTarget]);
  if (target == "employee" || target == "staff")
    record.threat = PortalRecord::Target::kStaff;
  else if (target == "third party")
    record.threat = PortalRecord::Target::kThirdParty;
  else if (!target.empty())
    record.flags.push_back({"THREAT_TARGET_UNKNOWN", Column::kThreatTarget, "Whom the threat was aimed at is not known."});
  record.warning_given = YesNo(row[Column::kWarningGiven]);
  if (Lower(row[Column::kWarningGiven]) == "unsafe")
    record.warning_reason = "Unsafe";
  else if (record.warning_given == false)
    record.flags.push_back({"WARNING_REASON_MISSING", Column::kWarningGiven, "No warning was given and no reason is stated (7.7)."});
}

void TakeTheRest(const PortalRow& row, PortalRecord& record) {
  record.channel = ChannelOf(row[Column::kContactMethod]);
  if (record.channel == Channel::CHANNEL_UNSPECIFIED)
    record.flags.push_back({"CONTACT_METHOD_UNKNOWN", Column::kContactMethod, "How the contact was made is not known."});
  record.contact_ended = YesNo(row[Column::kContactEnded]);
  record.police_reported = YesNo(row[Column::kPoliceReported]);
  if (record.police_reported == false)
    record.flags.push_back(
        {"POLICE_REASON_MISSING", Column::kPoliceReported, "Not reported to the police, and no reason is stated (7.14)."});
  record.injured = YesNo(row[Column::kInjury]).value_or(false);
  for (const absl::string_view part : absl::StrSplit(row[Column::kWitnesses], absl::ByAnyChar(";,"), absl::SkipWhitespace())) {
    record.witnesses.emplace_back(absl::StripAsciiWhitespace(part));
  }
  const std::string name = Lower(row[Column::kPersonName]);
  const bool nothing_else = row[Column::kPersonPhone].empty() && row[Column::kPersonEmail].empty() && row[Column::kPersonRef].empty();
  record.person_unknown = (name == "unknown" || name.empty()) && nothing_else;
}

}  // namespace

std::variant<PortalRecord, RowFault> Interpret(const PortalRow& row, absl::Time now) {
  PortalRecord record;
  if (auto fault = TakeIdentity(row, record)) return *fault;
  if (auto fault = TakeTimes(row, now, record)) return *fault;
  if (auto fault = TakeCategories(row, record)) return *fault;
  TakeThreatAndWarning(row, record);
  TakeTheRest(row, record);
  return record;
}

StaffNamedRow IsStaffNamedRow(const PortalRow& row, std::string_view fault_code) {
  for (const std::string& cell : row.text)
    if (absl::StrContains(CanonicalKey(cell), "namedpublicly")) return StaffNamedRow::kYes;
  if (fault_code == "QUOTE_LEFT_OPEN" || fault_code == "TOO_MANY_CELLS" || fault_code == "ROW_CUT_OFF") return StaffNamedRow::kUnclear;
  PortalRecord record;
  return TakeCategories(row, record) ? StaffNamedRow::kUnclear : StaffNamedRow::kNo;
}

}  // namespace evenhand::incident
