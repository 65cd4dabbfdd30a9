#include "services/platform/audit/look_keeper.h"

#include <algorithm>

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

}  // namespace

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
  if (refusal->kind != RefusalKind::kNotPermitted && refusal->kind != RefusalKind::kNotFound) return;
  if (call.peer != "gateway" || call.actor.id.empty() || !ProtectionOn(Protection::kAuditOfLooks)) return;  // of people
  const std::string clause = refusal->clause.empty() && !refusal->violations.empty() ? refusal->violations.front().clause : refusal->clause;
  const Kind kind = Judge(call, clause);
  if (kind == Kind::kKnown) return;
  AuditEntry entry{.action = call.look.action + ".refused",
                   .subject_kind = call.look.kind,
                   .subject_id = call.look.subject_id,
                   .clause = clause,
                   .person_id = call.look.person_id};
  if (kind == Kind::kLast)
    entry = {.action = "looks.refused", .subject_kind = "looks", .subject_id = "", .clause = clause, .after = "and others in this minute"};
  try {
    absl::StatusOr<Pool::Lease> lease = pool_.Acquire(std::min(call.deadline, absl::Now() + kPatience));
    if (lease.ok()) {
      pqxx::work sql(**lease);
      Session(sql, call, clock_.Now()).Audit(entry);
      sql.commit();
      return;
    }
  } catch (const std::exception&) {
    pool_.Forget();
  }
  {
    const absl::MutexLock lock(&mutex_);
    seen_.erase(call.actor.id);  // the next try is to be kept
  }
  Log(Level::kError, "a refused look could not be kept", {{"action", call.look.action}});
  refusal = NotKept();
}

}  // namespace evenhand
