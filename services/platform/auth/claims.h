// What a token's claims mean here: identity providers have names, paths and ids of their own for the staff number, roles and areas.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <rapidjson/document.h>

#include "services/platform/auth/actor.h"

namespace evenhand {

// The names of the claims; a dotted one leads into objects ("realm_access.roles"), unless a claim has that very name.
struct ClaimNames {
  std::string subject = "sub";
  std::vector<std::string> roles = {"roles"}, areas = {"service_areas"};  // what any of them lists counts; one may be among both
};

// From the provider's values (ids of groups, app roles) to our roles and areas. A role's own word needs no row.
class ClaimTable {
 public:
  // {"roles": {"6f0c…": "senior_manager"}, "areas": {"1b2d…": ["Housing", "Education"]}}; values are compared without case and blanks
  // around.
  static absl::StatusOr<ClaimTable> Read(const std::string& json);

  std::vector<Role> RolesOf(const std::string& value) const;
  std::vector<std::string> AreasOf(const std::string& value) const;

 private:
  std::map<std::string, std::vector<Role>> roles_;
  std::map<std::string, std::vector<std::string>> areas_;
};

struct ClaimReader {
  ClaimNames names;
  ClaimTable table;

  // Nothing where the claims name nobody. Areas as the token or the table says them; they are resolved for each call.
  std::optional<Actor> ActorOf(const rapidjson::Value& claims) const;

 private:
  void ReadRights(const rapidjson::Value& claims, Actor& actor) const;
  std::optional<Actor> ThroughOf(const rapidjson::Value& act) const;
  std::string SubjectOf(const rapidjson::Value& claims, const std::vector<Role>& roles) const;
};

// Of a claim at the top: "" where there is none.
std::string TextOf(const rapidjson::Value& claims, const std::string& name);
// A list of strings, or one string alone (`aud` may be either).
std::vector<std::string> TextsOf(const rapidjson::Value& claims, const std::string& name);

}  // namespace evenhand
