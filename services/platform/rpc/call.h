// One request on its way through a service: who asks, with which promises (idempotency, etag, dry run), until when.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <absl/time/time.h>

#include "services/platform/areas/area_directory.h"
#include "services/platform/auth/actor.h"
#include "services/platform/auth/authority.h"
#include "services/platform/base/refusal.h"

namespace evenhand {

// What a request looks at, as far as the request itself says: for the audit of a look that was refused, tried or replayed.
struct Look {
  std::string action;  // "restriction.impose"
  std::string kind;    // "restriction"
  std::string subject_id;
  std::string person_id;
};

struct Call {
  Actor actor;
  std::string token;              // the actor's, for a service that answers for the same user (Rule::for_user); never logged
  std::string peer;               // "gateway" or the calling service
  std::string method;             // "evenhand.restriction.v1.RestrictionService/ImposeRestriction"
  std::string idempotency_key;    // empty: none given
  std::string query;              // of a list: what its page tokens are bound to (page.h); empty: no list, or a service asks
  std::string payload_hash;       // SHA-256 of the request message, to tell a replay from a reused key
  std::string if_match;           // the If-Match header as sent; empty: none given
  mutable bool replayed = false;  // set when the reply is the kept one of an earlier request with this key
  mutable bool found = false;     // set by a create that made nothing: what it asks for was there already
  std::string reason;             // X-Reason: why a record is looked at without a tie to it, 10 to 500 characters; empty: none given
  bool validate_only = false;     // AIP-163: answer as the write would, change nothing
  absl::Time deadline = absl::InfiniteFuture();
  std::string traceparent;  // W3C
  std::string trace_id;     // its 32 hex digits
  std::function<bool()> cancelled = [] { return false; };

  Look look;  // set by Rpc

  // The council's service areas; set by Rpc. Whoever makes a call of their own accord asks for no area that somebody typed.
  const AreaDirectory* areas = &AreaDirectory::Any();

  const Rule* rule = nullptr;  // of `method`; never null inside a use case: the role was checked before it

  // The refusal of this caller in the thing's service area (403), to be asked as soon as the area is known.
  std::optional<Refusal> RefusalIn(std::string_view area) const { return RefusalInArea(*rule, actor, area); }

  // The refusal that `If-Match` asks for, if any: 428 when missing, 412 when `etag` is not the one named. "*" matches all.
  // To be asked after every 403 and before every 400 and 409 (api.md, order of refusals).
  std::optional<Refusal> StaleAgainst(const std::string& etag) const;
};

// "\"7\"": the etag of a resource's seventh state, quotes included, the same in the body and in the header.
std::string EtagOf(std::int64_t version);

}  // namespace evenhand
