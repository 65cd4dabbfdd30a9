#include "services/platform/auth/claims.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "services/platform/base/canonical.h"

namespace evenhand {
namespace {

constexpr Role kSystems[] = {Role::kCrm, Role::kPortal, Role::kMonitoring};

bool IsSystem(Role role) { return std::ranges::find(kSystems, role) != std::end(kSystems); }

const rapidjson::Value* At(const rapidjson::Value& object, std::string_view path) {
  if (!object.IsObject()) return nullptr;
  const auto member = [&](std::string_view name) {
    const rapidjson::Value key(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size())));  // not up to a NUL
    return object.FindMember(key);
  };
  if (const auto found = member(path); found != object.MemberEnd()) return &found->value;
  // Names hold dots themselves ("https://council.example/roles"), so each is tried as the place where a way goes on.
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const auto found = member(path.substr(0, dot));
    if (found == object.MemberEnd()) continue;
    if (const auto* value = At(found->value, path.substr(dot + 1))) return value;
  }
  return nullptr;
}

std::string Text(const rapidjson::Value& value) { return value.IsString() ? std::string(value.GetString(), value.GetStringLength()) : ""; }

std::vector<std::string> Texts(const rapidjson::Value& value) {
  std::vector<std::string> texts;
  if (value.IsString()) texts.push_back(Text(value));
  if (value.IsArray()) {
    for (const auto& item : value.GetArray())
      if (item.IsString()) texts.push_back(Text(item));
  }
  return texts;
}

template <typename T>
void AddNew(std::vector<T>& all, T one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
}

absl::Status Fault(const std::string& what) { return absl::InvalidArgumentError("claim-table: " + what); }

}  // namespace

std::string TextOf(const rapidjson::Value& claims, const std::string& name) {
  const auto* value = At(claims, name);
  return value == nullptr ? "" : Text(*value);
}

std::vector<std::string> TextsOf(const rapidjson::Value& claims, const std::string& name) {
  const auto* value = At(claims, name);
  return value == nullptr ? std::vector<std::string>() : Texts(*value);
}

absl::StatusOr<ClaimTable> ClaimTable::Read(const std::string& json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) return Fault("it is no JSON object.");
  ClaimTable table;
  for (const auto& part : document.GetObject()) {
    const std::string kind = part.name.GetString();
    if ((kind != "roles" && kind != "areas") || !part.value.IsObject())
      return Fault(absl::StrCat("\"", kind, "\" is none of its parts, which are the objects \"roles\" and \"areas\"."));
    for (const auto& row : part.value.GetObject()) {
      const std::string value = CanonicalKey(row.name.GetString());
      const std::vector<std::string> meant = Texts(row.value);
      if (value.empty() || meant.empty()) return Fault(absl::StrCat(kind, ".", row.name.GetString(), " means nothing."));
      for (const std::string& name : meant) {
        if (kind == "areas") {
          AddNew(table.areas_[value], name);
        } else if (const auto role = RoleNamed(name)) {
          AddNew(table.roles_[value], *role);
        } else {
          return Fault(absl::StrCat("there is no role \"", name, "\"."));
        }
      }
    }
  }
  return table;
}

std::vector<Role> ClaimTable::RolesOf(const std::string& value) const {
  if (const auto row = roles_.find(CanonicalKey(value)); row != roles_.end()) return row->second;
  if (const auto role = RoleNamed(value)) return {*role};
  return {};
}

std::vector<std::string> ClaimTable::AreasOf(const std::string& value) const {
  const auto row = areas_.find(CanonicalKey(value));
  return row == areas_.end() ? std::vector<std::string>() : row->second;
}

// Where one claim (the groups) holds both, what is a role is no area; what is neither may still be an area's own name, and is told as an
// unknown role until the areas are looked up.
void ClaimReader::ReadRights(const rapidjson::Value& claims, Actor& actor) const {
  for (const std::string& claim : names.roles) {
    const bool both = std::ranges::find(names.areas, claim) != names.areas.end();
    for (const std::string& value : TextsOf(claims, claim)) {
      const std::vector<Role> roles = table.RolesOf(value);
      for (const Role role : roles) AddNew(actor.roles, role);
      if (roles.empty() && !(both && !table.AreasOf(value).empty())) AddNew(actor.unknown_roles, value);
    }
  }
  for (const std::string& claim : names.areas) {
    const bool both = std::ranges::find(names.roles, claim) != names.roles.end();
    for (const std::string& value : TextsOf(claims, claim)) {
      const std::vector<std::string> areas = table.AreasOf(value);
      for (const std::string& area : areas) AddNew(actor.areas, area);
      if (areas.empty() && !(both && !table.RolesOf(value).empty())) AddNew(actor.areas, value);
    }
  }
}

// A person without the staff number that conflicts of interest are judged by is nobody; a system has none, and is named by `sub`.
std::string ClaimReader::SubjectOf(const rapidjson::Value& claims, const std::vector<Role>& roles) const {
  std::string subject = TextOf(claims, names.subject);
  if (subject.empty() && !roles.empty() && std::ranges::all_of(roles, IsSystem)) subject = TextOf(claims, "sub");
  return subject;
}

// RFC 8693: `act` is the system that acts for the subject. One whose rights can't be told would leave the subject's whole rights to whoever
// holds the token: nothing but one system, named by its roles or by its subject.
std::optional<Actor> ClaimReader::ThroughOf(const rapidjson::Value& act) const {
  if (!act.IsObject() || act.HasMember("act")) return std::nullopt;
  Actor through{.id = CanonicalStaffNumber(TextOf(act, "sub")), .name = TextOf(act, "name")};
  ReadRights(act, through);
  if (std::ranges::none_of(names.roles, [&](const std::string& claim) { return At(act, claim) != nullptr; })) {
    const auto role = RoleNamed(through.id);
    if (role && IsSystem(*role)) through.roles.push_back(*role);
  }
  if (through.id.empty() || through.roles.empty()) return std::nullopt;
  return through;
}

std::optional<Actor> ClaimReader::ActorOf(const rapidjson::Value& claims) const {
  Actor actor;
  ReadRights(claims, actor);
  const std::string subject = SubjectOf(claims, actor.roles);
  actor.name = TextOf(claims, "name");
  if ((subject + actor.name).find('\0') != std::string::npos) return std::nullopt;  // the database keeps no U+0000
  actor.id = CanonicalStaffNumber(subject);
  if (actor.id.empty()) return std::nullopt;
  if (claims.HasMember("act")) {
    std::optional<Actor> through = ThroughOf(claims["act"]);
    if (!through) return std::nullopt;
    actor.through = std::make_shared<const Actor>(*std::move(through));
  }
  return actor;
}

}  // namespace evenhand
