// Who decides on a restriction or a register entry, looked up: by their own rank, or by authority that somebody lent them (4.1, 7.3).
#pragma once

#include <string>
#include <string_view>

#include "evenhand/restriction/v1/person.pb.h"
#include "services/platform/pg/session.h"
#include "services/restriction/app/evidence.h"

namespace evenhand::restriction {

struct Decidable {
  std::string area;           // where it holds
  std::string deciding_area;  // another that decides for it, or ""
  std::string proposed_by;
  bool limits_complaints = false;
  std::string_view clause;  // "7.3" a restriction, "4.3" a register entry
};

// 403, or nothing; then `delegation_id` names the delegation they decide by, "" in their own right.
std::optional<Refusal> RefusalToDecide(const Call& call, Session& session, const Decidable& thing, const v1::Person& person,
                                       const Evidence& evidence, std::string& delegation_id);

// 400, naming the nearest, for an area that nobody knows: said before any right is asked, since nobody could hold one there.
std::optional<Refusal> UnknownArea(const Call& call, const std::string& field, const std::string& area);

// 403 of this call in the area, or in the one that decides for it.
std::optional<Refusal> RefusalInEither(const Call& call, const std::string& area, const std::string& deciding_area);

}  // namespace evenhand::restriction
