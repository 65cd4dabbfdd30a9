#include "services/restriction/app/delegate_authority.h"

#include <algorithm>

#include "services/restriction/domain/text.h"
#include "services/restriction/store/delegations.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

constexpr int kPageSize = 50;
constexpr int kLargestPage = 200;
constexpr int kLongestMonths = 12;  // authority that is lent for longer is not lent

Refusals FaultsOf(const v1::CreateDelegationRequest& request, const std::string& by, absl::Time now) {
  Refusals no;
  const absl::Time start = request.has_start() ? FromProto(request.start()) : now;
  if (!Said(request.delegate_id())) no.push_back({"4.1", "delegateId", "Say who is to hold it."});
  if (request.delegate_id() == by) no.push_back({"4.1", "delegateId", "Nobody lends authority to themselves."});
  if (!Said(request.service_area())) no.push_back({"4.1", "serviceArea", "Say in which service area."});
  if (!request.has_end()) {
    no.push_back({"4.1", "end", "Say until when."});
  } else if (FromProto(request.end()) <= std::max(start, now)) {
    no.push_back({"4.1", "end", "The end must be after the start and after now."});
  } else if (DateOf(FromProto(request.end())) > AddMonths(DateOf(start), kLongestMonths)) {
    no.push_back({"4.1", "end", "A delegation holds for twelve months at most."});
  }
  return no;
}

}  // namespace

Outcome<v1::Delegation> DelegateAuthority::Create(const Call& call, const v1::CreateDelegationRequest& request) {
  if (Said(request.service_area()))
    if (auto no = call.RefusalIn(request.service_area())) return *no;
  return work_.Write<v1::Delegation>(call, [&](Session& session) -> Outcome<v1::Delegation> {
    if (auto no = FaultsOf(request, call.actor.id, session.now()); !no.empty()) return Invalid(std::move(no));
    v1::Delegation delegation;
    delegation.set_delegated_by(call.actor.id);
    delegation.set_delegate_id(request.delegate_id());
    delegation.set_service_area(request.service_area());
    *delegation.mutable_start() = request.has_start() ? request.start() : ToProto(session.now());
    *delegation.mutable_end() = request.end();
    delegation.set_reason(request.reason());
    Delegations(session).Insert(delegation);
    session.Audit({"delegation.created", "delegation", delegation.id(), "4.1", "", "", delegation.etag()});
    session.Emit({"delegation.created",
                  delegation.id(),
                  {{"delegationId", delegation.id()},
                   {"delegateId", delegation.delegate_id()},
                   {"serviceArea", delegation.service_area()},
                   {"start", FormatInstant(FromProto(delegation.start()))},
                   {"end", FormatInstant(FromProto(delegation.end()))}}});
    return delegation;
  });
}

Outcome<v1::ListDelegationsResponse> DelegateAuthority::List(const Call& call, const v1::ListDelegationsRequest& request) {
  const int size = request.page_size() <= 0 ? kPageSize : std::min(request.page_size(), kLargestPage);
  return work_.Read<v1::ListDelegationsResponse>(call, [&](Session& session) -> Outcome<v1::ListDelegationsResponse> {
    std::optional<std::vector<std::string>> areas;
    if (!InEveryArea(*call.rule, call.actor)) areas = call.actor.areas;
    v1::ListDelegationsResponse reply;
    auto found = Delegations(session).List(areas, request.service_area(), size + 1, request.page_token());
    if (static_cast<int>(found.size()) > size) {
      found.pop_back();
      reply.set_next_page_token(found.back().id());
    }
    for (auto& delegation : found) *reply.add_delegations() = std::move(delegation);
    return reply;
  });
}

Outcome<v1::Delegation> DelegateAuthority::Revoke(const Call& call, const v1::RevokeDelegationRequest& request) {
  return work_.Write<v1::Delegation>(call, [&](Session& session) -> Outcome<v1::Delegation> {
    Delegations delegations(session);
    auto record = delegations.FindForUpdate(request.id());
    if (!record) return NotFound("delegation");
    if (auto no = call.RefusalIn(record->doc.service_area())) return *no;
    if (auto no = call.StaleAgainst(record->doc.etag())) return *no;
    if (record->doc.state() == v1::Delegation::State::REVOKED)
      return Conflict("WRONG_STATE", "4.1", "This delegation was revoked already.");
    const std::string before = record->doc.etag();
    record->doc.set_state(v1::Delegation::State::REVOKED);
    *record->doc.mutable_revoked_at() = ToProto(session.now());
    delegations.Save(*record);
    session.Audit({"delegation.revoked", "delegation", record->doc.id(), "4.1", "", before, record->doc.etag()});
    session.Emit({"delegation.revoked", record->doc.id(), {{"delegationId", record->doc.id()}}});
    return record->doc;
  });
}

}  // namespace evenhand::restriction
