#include "services/platform/audit/look_keeper.h"

#include <algorithm>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"
#include "services/platform/pg/pool.h"
#include "services/platform/pg/session.h"

namespace evenhand {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr std::size_t kMostPeople = 10'000;  // remembered for a minute

// "INC-2026-000123", "RES-2026-000001/2".
bool IsReference(std::string_view text) {
  return text.size() > 4 && std::ranges::all_of(text.substr(0, 3), [](char c) { return absl::ascii_isupper(c); }) && text[3] == '-' &&
         std::ranges::all_of(text.substr(4), [](char c) { return absl::ascii_isdigit(c) || c == '-' || c == '/'; });
}

// Anything else may be whatever somebody typed, a name or a telephone number, and is not for the trail.
std::string IdOf(const std::string& text) { return IsUuid(text) || IsReference(text) ? text : ""; }

std::string TextOf(const google::protobuf::Message& request, const google::protobuf::FieldDescriptor* field) {
  if (field == nullptr || field->is_repeated() || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) return "";
  return IdOf(request.GetReflection()->GetString(request, field));
}

// `id`, else the first field that ends so: ids of the path stand first in the contract's requests.
std::string SubjectOf(const google::protobuf::Message& request) {
  const auto* type = request.GetDescriptor();
  if (std::string id = TextOf(request, type->FindFieldByName("id")); !id.empty()) return id;
  for (int i = 0; i < type->field_count(); ++i) {
    if (!type->field(i)->name().ends_with("_id")) continue;
    if (std::string id = TextOf(request, type->field(i)); !id.empty()) return id;
  }
  return "";
}

Refusal NotKept() {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = "That this was asked can't be written down right now, so it is not answered. Please try again."};
}

constexpr int kMostShown = 1000;  // the longest page there is

thread_local AuditedHere* innermost = nullptr;

std::string SnakeOf(std::string_view name) {
  std::string snake;
  for (const char c : name) {
    if (absl::ascii_isupper(c) && !snake.empty()) snake += '_';
    snake += absl::ascii_tolower(c);
  }
  return snake;
}

void AddShown(const google::protobuf::Message& record, const std::string& verb, std::vector<AuditEntry>& shown) {
  const auto* type = record.GetDescriptor();
  std::string id = TextOf(record, type->FindFieldByName("id"));
  if (id.empty()) return;
  const std::string kind = SnakeOf(type->name());
  shown.push_back({.action = kind + verb,
                   .subject_kind = kind,
                   .subject_id = std::move(id),
                   .clause = "12.4",
                   .person_id = TextOf(record, type->FindFieldByName("person_id"))});
}

// The record that the reply is, or those of its lists.
std::vector<AuditEntry> ShownIn(const google::protobuf::Message& reply) {
  std::vector<AuditEntry> shown;
  AddShown(reply, ".read", shown);
  if (!shown.empty()) return shown;
  const auto* reflection = reply.GetReflection();
  for (int f = 0; f < reply.GetDescriptor()->field_count(); ++f) {
    const auto* field = reply.GetDescriptor()->field(f);
    if (!field->is_repeated() || field->message_type() == nullptr) continue;
    for (int i = 0; i < std::min(reflection->FieldSize(reply, field), kMostShown); ++i)
      AddShown(reflection->GetRepeatedMessage(reply, field, i), ".listed", shown);
  }
  return shown;
}

}  // namespace

AuditedHere::AuditedHere() : outer_(innermost) { innermost = this; }
AuditedHere::~AuditedHere() { innermost = outer_; }
void AuditedHere::Note(const std::string& subject_id) {
  if (innermost != nullptr) innermost->ids_.insert(subject_id);
}

Look LookOf(std::string_view method, const google::protobuf::Message* request) {
  const std::size_t noun = std::min(method.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1), method.size());
  Look look;
  look.kind = noun < method.size() ? std::string(method.substr(noun)) : std::string(method);
  look.kind[0] = absl::ascii_tolower(look.kind[0]);
  look.action = absl::StrCat(look.kind, ".", absl::AsciiStrToLower(absl::string_view(method.data(), noun)));
  if (request == nullptr) return look;
  look.subject_id = SubjectOf(*request);
  look.person_id = TextOf(*request, request->GetDescriptor()->FindFieldByName("person_id"));
  if (look.person_id.empty() && look.kind.starts_with("person")) look.person_id = look.subject_id;
  return look;
}

LookKeeper::Kind LookKeeper::Judge(const Call& call, const std::string& clause) {
  const std::int64_t minute = absl::ToUnixSeconds(absl::Now()) / 60;
  const absl::MutexLock lock(&mutex_);
  if (minute != minute_ || seen_.size() > kMostPeople) seen_.clear();
  minute_ = minute;
  auto& mine = seen_[call.actor.id];
  if (static_cast<int>(mine.size()) > kMostAMinute) return Kind::kKnown;
  if (!mine.emplace(absl::StrCat(call.look.action, " ", call.look.subject_id, " ", clause), 1).second) return Kind::kKnown;
  return static_cast<int>(mine.size()) > kMostAMinute ? Kind::kLast : Kind::kNew;
}

void LookKeeper::KeepRefused(const Call& call, std::optional<Refusal>& refusal) {
  // A state is as telling as a record.
  if (refusal->kind != RefusalKind::kNotPermitted && refusal->kind != RefusalKind::kNotFound && refusal->kind != RefusalKind::kConflict)
    return;
  if (call.peer != "gateway" || call.actor.id.empty() || !ProtectionOn(Protection::kAuditOfLooks)) return;  // of people
  const std::string clause = refusal->clause.empty() && !refusal->violations.empty() ? refusal->violations.front().clause : refusal->clause;
  const Kind kind = Judge(call, clause);
  if (kind == Kind::kKnown) return;
  AuditEntry entry{.action = call.look.action + ".refused",
                   .subject_kind = call.look.kind,
                   .subject_id = call.look.subject_id.empty() ? IdOf(refusal->other_id) : call.look.subject_id,
                   .clause = clause,
                   .person_id = call.look.person_id};
  if (kind == Kind::kLast)
    entry = {.action = "looks.refused", .subject_kind = "looks", .subject_id = "", .clause = clause, .after = "and others in this minute"};
  if (Keep(call, {&entry, 1})) return;
  {
    const absl::MutexLock lock(&mutex_);
    seen_.erase(call.actor.id);  // the next try is to be kept
  }
  refusal = NotKept();
}

std::optional<Refusal> LookKeeper::KeepShown(const Call& call, std::string_view method, const google::protobuf::Message& reply,
                                             const AuditedHere& audited) {
  if (!method.starts_with("Get") && !method.starts_with("List")) return std::nullopt;  // a write audits what it changes
  if (call.peer != "gateway" || call.actor.id.empty() || !ProtectionOn(Protection::kAuditOfLooks)) return std::nullopt;  // of people
  std::vector<AuditEntry> shown = ShownIn(reply);
  std::erase_if(shown, [&](const AuditEntry& entry) { return audited.Has(entry.subject_id); });
  if (shown.empty() || Keep(call, shown)) return std::nullopt;
  return NotKept();
}

bool LookKeeper::Keep(const Call& call, std::span<const AuditEntry> entries) {
  try {
    absl::StatusOr<Pool::Lease> lease = pool_.Acquire(std::min(call.deadline, absl::Now() + kPatience));
    if (lease.ok()) {
      pqxx::work sql(**lease);
      Session(sql, call, clock_.Now(), {}).AuditAll(entries);
      sql.commit();
      return true;
    }
  } catch (const std::exception&) {
    pool_.Forget();
  }
  Log(Level::kError, "a look could not be kept", {{"action", call.look.action}});
  return false;
}

}  // namespace evenhand
