#include "services/restriction/check/query.h"

#include <array>

#include "services/handles/handles.h"
#include "services/platform/base/canonical.h"
#include "services/platform/base/protection.h"

namespace evenhand::restriction::check {
namespace {

constexpr std::size_t kLongestHandle = 320;  // an e-mail address of RFC 5321

struct Given {
  HandleKind of;
  std::string_view kind, field;
  const std::string* value;
};

std::optional<std::string> NormaliseHandle(const Given& given) {
  if (given.of == HandleKind::kPhone) {
    if (auto quick = QuickPhone(*given.value)) return quick;
  }
  return Normalise(given.kind, *given.value);
}

}  // namespace

std::optional<std::string> QuickPhone(std::string_view raw) {
  std::array<char, 14> digits;
  std::size_t count = 0;
  const bool international = !raw.empty() && raw[0] == '+';
  for (std::size_t i = international ? 1 : 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == ' ' && i > 0 && i + 1 < raw.size()) continue;
    if (c < '0' || c > '9' || count == digits.size()) return std::nullopt;
    digits[count++] = c;
  }
  const std::string_view number(digits.data(), count);
  const auto national =
      international ? (number.starts_with("44") ? number.substr(2) : "") : (number.starts_with("0") ? number.substr(1) : "");
  if (national.size() != 10 || national[0] == '0') return std::nullopt;
  std::string normalised;
  normalised.reserve(13);
  return normalised.append("+44").append(national);
}

Refusals ReadQuery(const AreaDirectory& areas, const v1::CheckContactRequest& request, ContactQuery& query) {
  const std::array<Given, 5> all = {{{HandleKind::kPhone, "PHONE", "phone", &request.phone()},
                                     {HandleKind::kEmail, "EMAIL", "email", &request.email()},
                                     {HandleKind::kCrmRef, "CRM_REF", "crmRef", &request.crm_ref()},
                                     {HandleKind::kUprn, "UPRN", "uprn", &request.uprn()},
                                     {HandleKind::kSocial, "SOCIAL", "socialHandle", &request.social_handle()}}};
  Refusals no;
  const Given* given = nullptr;
  for (const Given& one : all) {
    if (one.value->empty()) continue;
    if (given != nullptr)
      no.push_back({"council rule", std::string(one.field), "Give one of phone, email, crmRef, uprn and socialHandle, not several."});
    given = &one;
  }
  if (given == nullptr) {
    no.push_back({"council rule", "phone", "Say who it may be: one of phone, email, crmRef, uprn and socialHandle."});
  } else if (auto normalised = given->value->size() <= kLongestHandle ? NormaliseHandle(*given) : std::nullopt) {
    query.kind = given->kind;
    query.normalised = std::move(*normalised);
    query.handle = FingerprintOf(given->of, query.normalised);
  } else {
    no.push_back({"council rule", std::string(given->field), "This can't be read; check it for slips."});
  }
  query.channel = request.channel();
  query.area.clear();
  if (!request.service_area().empty()) {
    auto area = areas.Resolve(request.service_area());
    if (area) {
      query.area = *std::move(area);
    } else if (ProtectionOn(Protection::kUnknownArea)) {
      no.push_back({"council rule", "serviceArea", areas.SentenceOfUnknown(request.service_area())});
    } else {
      query.area = request.service_area();
    }
  }
  query.staff = request.staff_id().empty() ? std::string() : CanonicalStaffNumber(request.staff_id());
  query.at_least.reset();
  if (!request.consistency_token().empty()) {
    query.at_least = ParseToken(request.consistency_token());
    if (!query.at_least)
      no.push_back({"", "consistencyToken", "This is no consistency token; send the one that a decision or a check answered."});
  }
  return no;
}

std::optional<Refusal> RefusalToName(const Actor& who, std::string_view staff) {
  const bool system = who.through != nullptr || who.Has(Role::kCrm) || who.Has(Role::kPortal);
  if (staff.empty() || system || staff == who.id || !ProtectionOn(Protection::kNamedStaff)) return std::nullopt;
  return NotPermitted(
      {{"council rule", "staffId", "Only a system says for which colleague a contact is; leave this out or give your own number."}});
}

std::optional<Refusal> RefusalToAsk(const AreaDirectory& areas, const Actor& who, const v1::CheckContactRequest& request,
                                    ContactQuery& query) {
  // Before the areas were read nobody can say what holds in one.
  if (!areas.known() && !request.service_area().empty())
    return Refusal{
        .kind = RefusalKind::kUnavailable, .reason = ErrorReason::UNAVAILABLE, .detail = "The service areas are not known yet; try again."};
  Refusals no = ReadQuery(areas, request, query);
  if (auto other = RefusalToName(who, query.staff)) return other;
  if (!no.empty()) return Invalid(std::move(no));
  return std::nullopt;
}

}  // namespace evenhand::restriction::check
