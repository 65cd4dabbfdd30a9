#include "services/restriction/app/delegate_authority.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "evenhand/events/v1/restriction_events.h"
#include "services/platform/lists/page.h"
#include "services/restriction/app/who_decides.h"
#include "services/restriction/domain/text.h"
#include "services/restriction/store/delegations.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr int kLongestMonths = 12;  // authority that is lent for longer is not lent

Refusals FaultsOf(const delegation::v1::Delegation& request, const std::string& by, absl::Time now) {
  Refusals no;
  const absl::Time start = request.has_starts_at() ? FromProto(request.starts_at()) : now;
  if (!Said(request.delegate_id())) no.push_back({"4.1", "delegateId", "Say who is to hold it."});
  if (request.delegate_id() == by) no.push_back({"council rule", "delegateId", "Nobody lends authority to themselves."});
  if (!Said(request.service_area())) no.push_back({"council rule", "serviceArea", "Say in which service area."});
  if (!request.has_ends_at()) {
    no.push_back({"council rule", "endsAt", "Say until when."});
  } else if (FromProto(request.ends_at()) <= std::max(start, now)) {
    no.push_back({"council rule", "endsAt", "The end must be after the start and after now."});
  } else if (DateOf(FromProto(request.ends_at())) > AddMonths(DateOf(start), kLongestMonths)) {
    no.push_back({"council rule", "endsAt", absl::StrCat("A delegation holds for ", kLongestMonths, " months at most.")});
  }
  return no;
}

}  // namespace

Outcome<delegation::v1::Delegation> DelegateAuthority::Create(const Call& call, const delegation::v1::Delegation& request) {
  if (auto no = UnknownArea(call, "serviceArea", request.service_area())) return *no;
  if (Said(request.service_area()))
    if (auto no = call.RefusalIn(request.service_area())) return *no;
  return work_.Write<delegation::v1::Delegation>(call, [&](Session& session) -> Outcome<delegation::v1::Delegation> {
    if (auto no = FaultsOf(request, call.actor.id, session.now()); !no.empty()) return Invalid(std::move(no));
    delegation::v1::Delegation delegation;
    delegation.set_delegated_by(call.actor.id);
    delegation.set_delegate_id(request.delegate_id());
    delegation.set_service_area(request.service_area());
    *delegation.mutable_starts_at() = request.has_starts_at() ? request.starts_at() : ToProto(session.now());
    *delegation.mutable_ends_at() = request.ends_at();
    delegation.set_reason(request.reason());
    Delegations(session).Insert(delegation);
    session.Audit({"delegation.created", "delegation", delegation.id(), "4.1", "", "", delegation.etag()});
    session.Emit(events::DelegationCreated{.delegation_id = delegation.id(),
                                           .delegate_id = delegation.delegate_id(),
                                           .service_area = delegation.service_area(),
                                           .starts_at = delegation.starts_at(),
                                           .ends_at = delegation.ends_at()});
    return delegation;
  });
}

Outcome<delegation::v1::ListDelegationsResponse> DelegateAuthority::List(const Call& call,
                                                                         const delegation::v1::ListDelegationsRequest& request) {
  const Page page = PageOf(request.page());
  if (auto no = RefusalOfPosition(page)) return *no;
  return work_.Read<delegation::v1::ListDelegationsResponse>(
      call, [&](Session& session) -> Outcome<delegation::v1::ListDelegationsResponse> {
        std::optional<std::vector<std::string>> areas;
        if (!InEveryArea(*call.rule, call.actor)) areas = call.actor.areas;
        delegation::v1::ListDelegationsResponse reply;
        auto found = Delegations(session).List(areas, request.service_area(), page.one_more(), page.after);
        reply.set_next_page_token(CutToPage(found, page, [](const delegation::v1::Delegation& last) { return last.id(); }));
        for (auto& delegation : found) *reply.add_delegations() = std::move(delegation);
        return reply;
      });
}

Outcome<delegation::v1::Delegation> DelegateAuthority::Revoke(const Call& call, const delegation::v1::RevokeDelegationRequest& request) {
  return work_.Write<delegation::v1::Delegation>(call, [&](Session& session) -> Outcome<delegation::v1::Delegation> {
    Delegations delegations(session);
    auto record = delegations.FindForUpdate(request.id());
    if (!record) return NotFound("delegation");
    if (auto no = call.RefusalIn(record->doc.service_area())) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    if (record->doc.state() == delegation::v1::Delegation::State::REVOKED)
      return Conflict(ErrorReason::WRONG_STATE, "council rule", "This delegation was revoked already.");
    const std::string before = record->doc.etag();
    record->doc.set_state(delegation::v1::Delegation::State::REVOKED);
    *record->doc.mutable_revoked_at() = ToProto(session.now());
    delegations.Save(*record);
    session.Audit({"delegation.revoked", "delegation", record->doc.id(), "4.1", "", before, record->doc.etag()});
    session.Emit(events::DelegationRevoked{.delegation_id = record->doc.id()});
    return record->doc;
  });
}

}  // namespace evenhand::restriction
