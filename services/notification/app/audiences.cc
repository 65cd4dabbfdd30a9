#include "services/notification/app/audiences.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "services/notification/domain/sharing_rules.h"
#include "services/notification/store/audience_store.h"
#include "services/platform/lists/page.h"

namespace evenhand::notification {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr int kMostMembers = 500;  // a list longer than this is no longer "those who need it"

bool IsSlug(const std::string& id) {
  return !id.empty() && id.size() <= kLongestId && std::ranges::all_of(id, [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  });
}

bool LooksLikeEmail(const std::string& text) {
  const auto at = text.find('@');
  return at != std::string::npos && at > 0 && at + 1 < text.size() && text.find_first_of(" \r\n\t<>,;") == std::string::npos &&
         text.find('@', at + 1) == std::string::npos;
}

Refusals FaultsOfMember(const v1::Audience::Member& member, const std::string& where) {
  Refusals no;
  if (member.staff_id().empty()) no.push_back({"council rule", where + ".staffId", "Give the staff number."});
  if (!member.email().empty() && !LooksLikeEmail(member.email()))
    no.push_back({"council rule", where + ".email", "This is not an e-mail address."});
  if (!member.deputy_email().empty() && !LooksLikeEmail(member.deputy_email()))
    no.push_back({"council rule", where + ".deputyEmail", "This is not an e-mail address."});
  if (member.deputy_staff_id() == member.staff_id() && !member.staff_id().empty())
    no.push_back({"council rule", where + ".deputyStaffId", "Nobody stands in for themself."});
  for (int i = 0; i < member.absences_size(); ++i) {
    const auto from = ParseDate(member.absences(i).from());
    const auto to = ParseDate(member.absences(i).to());
    if (!from || !to || *to < *from)
      no.push_back(
          {"council rule", absl::StrCat(where, ".absences[", i, "]"), "An absence has a first and a last day, YYYY-MM-DD, in order."});
  }
  return no;
}

constexpr std::string_view kOfService = "service-";

// "service-education" is Education's, whoever writes it down: nobody else hears what Education is told (12.5).
std::optional<Refusal> RefusalOfId(const Call& call, const v1::Audience& audience) {
  if (!audience.id().starts_with(kOfService) || call.actor.Has(Role::kAdministrator)) return std::nullopt;
  if (std::ranges::any_of(call.actor.areas, [&](const std::string& area) { return AudienceOfService(area) == audience.id(); }))
    return std::nullopt;
  return NotPermitted("council rule", "This audience is another service's; those who manage that service keep it.");
}

Refusals FaultsOf(const v1::Audience& audience, const AreaDirectory& areas) {
  Refusals no;
  if (!audience.service_area().empty() && !areas.Knows(audience.service_area()))
    no.push_back({"council rule", "serviceArea", areas.SentenceOfUnknown(audience.service_area())});
  if (audience.id().starts_with(kOfService) && AudienceOfService(audience.service_area()) != audience.id())
    no.push_back({"council rule", "serviceArea",
                  "The audience " + audience.id() + " is of the service area that it is named after, and of no other."});
  if (!IsSlug(audience.id())) no.push_back({"council rule", "id", "Small letters, digits and hyphens only."});
  if (NamesEverybody(audience.id()) || NamesEverybody(audience.name())) {
    no.push_back({"12.4", "id", "There is no audience of everybody; name those who need to know."});
  }
  if (audience.members_size() > kMostMembers) no.push_back({"council rule", "members", "At most 500 people; name those who need to know."});
  for (int i = 0; i < audience.members_size(); ++i) {
    for (Violation& fault : FaultsOfMember(audience.members(i), absl::StrCat("members[", i, "]"))) no.push_back(std::move(fault));
    for (int j = 0; j < i; ++j) {
      if (audience.members(i).staff_id() == audience.members(j).staff_id() && !audience.members(i).staff_id().empty()) {
        no.push_back({"council rule", absl::StrCat("members[", i, "].staffId"), "Each person once."});
        break;
      }
    }
  }
  return no;
}

v1::Audience::Kind::Value KindOf(const v1::Audience& audience) {
  if (audience.kind() != v1::Audience::Kind::KIND_UNSPECIFIED) return audience.kind();
  if (audience.id() == kPublicNumbers) return v1::Audience::Kind::PUBLIC_NUMBERS;
  if (audience.id() == kWebContact) return v1::Audience::Kind::WEB_CONTACT;
  if (audience.id() == kSeniorLeadership) return v1::Audience::Kind::SENIOR_LEADERSHIP;
  return audience.service_area().empty() ? v1::Audience::Kind::OTHER : v1::Audience::Kind::SERVICE;
}

}  // namespace

Outcome<v1::ListAudiencesResponse> ListAudiences(const Context& context, const Call& call, const v1::ListAudiencesRequest& request) {
  return context.unit_of_work.Read<v1::ListAudiencesResponse>(call, [&](Session& session) -> Outcome<v1::ListAudiencesResponse> {
    v1::ListAudiencesResponse reply;
    for (v1::Audience& audience : ListAudiences(session, request.service_area())) *reply.add_audiences() = std::move(audience);
    reply.set_next_page_token(TakePage(*reply.mutable_audiences(), PageOf(request.page()), [](const v1::Audience& a) { return a.id(); }));
    return reply;
  });
}

Outcome<v1::Audience> GetAudience(const Context& context, const Call& call, const v1::GetAudienceRequest& request) {
  return context.unit_of_work.Read<v1::Audience>(call, [&](Session& session) -> Outcome<v1::Audience> {
    auto audience = FindAudience(session, request.id());
    if (!audience) return NotFound("audience");
    return *audience;
  });
}

Outcome<v1::Audience> PutAudience(const Context& context, const Call& call, const v1::Audience& request) {
  return context.unit_of_work.Write<v1::Audience>(call, [&](Session& session) -> Outcome<v1::Audience> {
    const auto there = FindAudience(session, request.id(), /*for_update=*/true);
    call.found = there.has_value();
    if (auto no = RefusalOfId(call, request)) return *no;
    if (auto no = call.RefusalIn(there ? there->service_area() : request.service_area())) return *no;
    if (there && there->service_area() != request.service_area()) {
      if (auto no = call.RefusalIn(request.service_area())) return *no;
    }
    // What makes one needs no If-Match; what changes one does.
    if (there) {
      if (auto no = call.StaleAgainst(there->etag())) return *no;
    }
    if (Refusals no = FaultsOf(request, *call.areas); !no.empty()) return Invalid(std::move(no));
    v1::Audience audience = request;
    audience.set_kind(KindOf(request));
    if (audience.name().empty())
      audience.set_name(there ? there->name() : request.service_area().empty() ? request.id() : request.service_area());
    audience.set_etag(there ? there->etag() : "");
    PutAudience(session, audience);
    session.Audit({.action = "audience.put",
                   .subject_kind = "audience",
                   .subject_id = audience.id(),
                   .clause = "12.5",
                   .before = there ? there->etag() : "",
                   .after = audience.etag()});
    return audience;
  });
}

std::vector<Recipient> RecipientsOf(const v1::Audience& audience, LocalDate today) {
  if (audience.has_active() && !audience.active()) return {};
  std::vector<Member> members;
  for (const v1::Audience::Member& one : audience.members()) {
    Member member{one.staff_id(), one.email(), {}, one.deputy_staff_id(), one.deputy_email()};
    for (const v1::Audience::Absence& days : one.absences()) {
      const auto from = ParseDate(days.from());
      const auto to = ParseDate(days.to());
      if (from && to) member.absences.push_back({*from, *to});
    }
    members.push_back(std::move(member));
  }
  return RecipientsOn(members, today);
}

v1::Audience AudienceNamed(Session& session, const std::string& id) {
  if (auto kept = FindAudience(session, id)) return *kept;
  for (v1::Audience& audience : ListAudiences(session, "")) {
    if (!audience.service_area().empty() && AudienceOfService(audience.service_area()) == id) return audience;
  }
  v1::Audience nobody;
  nobody.set_id(id);
  std::string name = id.starts_with("service-") ? id.substr(8) : id;
  std::ranges::replace(name, '-', ' ');
  if (!name.empty()) name[0] = absl::ascii_toupper(static_cast<unsigned char>(name[0]));
  nobody.set_name(name);
  return nobody;
}

}  // namespace evenhand::notification
