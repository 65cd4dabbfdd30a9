// What a row of the portal's export means, and the few things that refuse it; everything else is recorded as stated and flagged.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <absl/time/time.h>

#include "services/incident/domain/portal_columns.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {

// Why a row is refused: kept with it for a retry.
struct RowFault {
  std::string code;  // "DATE_DOES_NOT_EXIST"
  Column column;
  std::string reason;  // for people
};

struct RowFlag {
  std::string code;  // "HOUR_DOUBLED"
  Column column;
  std::string message;
};

struct PortalRecord {
  std::string record_no;
  int version = 1;
  bool withdrawn = false;
  absl::Time occurred_at;
  std::optional<absl::Time> reported_at;
  Channel::Value channel = Channel::CHANNEL_UNSPECIFIED;
  std::vector<Behaviour::Value> behaviours;
  bool person_unknown = false;
  enum class Target { kNone, kStaff, kThirdParty } threat = Target::kNone;
  std::optional<bool> warning_given;
  std::string warning_reason;
  std::optional<bool> contact_ended;
  std::optional<bool> police_reported;
  bool injured = false;
  std::vector<std::string> witnesses;
  std::vector<RowFlag> flags;
};

std::variant<PortalRecord, RowFault> Interpret(const PortalRow& row, absl::Time now);

// Whether a row that could not be taken in is of a closed circle (12.6), as far as it can be told: its cells may be of other columns, cut,
// or misspelt, and what can't be told is not shown to those who may not read such a case.
enum class StaffNamedRow { kNo, kYes, kUnclear };
StaffNamedRow IsStaffNamedRow(const PortalRow& row, std::string_view fault_code);

}  // namespace evenhand::incident
