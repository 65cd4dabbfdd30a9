// The router against a reader that tries every route of the contract one by one; the template's parser; the escapes.
// Input: "METHOD /path" on the first line, a template on the second.
#include <set>
#include <string>
#include <string_view>

#include "gateway/route/router.h"
#include "gateway/route/utf8.h"
#include "tests/fuzz/claim.h"
#include "tests/fuzz/contract.h"

namespace evenhand::fuzz {
namespace {

using gateway::Match;
using gateway::PathTemplate;
using gateway::Route;
using gateway::Router;

const Router& TheRouter() {
  static auto* const router = new Router(gateway::RoutesOf(Files()));
  return *router;
}

// The slow way: does this path, taken literally, fit this template?
bool Fits(const PathTemplate& form, std::string_view path) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < form.segments.size(); ++i) {
    if (at >= path.size() || path[at] != '/') return false;
    ++at;
    const std::size_t end = std::min(path.find('/', at), path.size());
    std::string_view segment = path.substr(at, end - at);
    at = end;
    if (i + 1 == form.segments.size()) {
      const std::size_t colon = segment.rfind(':');
      const std::string_view verb = colon == std::string_view::npos ? std::string_view() : segment.substr(colon + 1);
      if (colon != std::string_view::npos && verb.empty()) return false;
      if (verb != form.verb) return false;
      segment = segment.substr(0, colon);
    }
    if (segment.empty() || (!form.segments[i].literal.empty() && form.segments[i].literal != segment)) return false;
  }
  return at == path.size();
}

void Finds(std::string_view method, std::string_view path) {
  const Match match = TheRouter().Find(method, path);
  std::set<std::string_view> fitting;
  for (const Route& route : TheRouter().routes()) {
    if (Fits(route.path, path)) fitting.insert(route.http_method);
  }
  const std::string line = std::string(method) + " " + std::string(path);
  Claim((match.route != nullptr) == fitting.contains(method), "a route is found exactly where one fits", line);
  if (match.route == nullptr) {
    Claim(std::set<std::string_view>(match.allowed.begin(), match.allowed.end()) == fitting, "405 names the methods that fit", line);
    return;
  }
  Claim(Fits(match.route->path, path) && match.route->http_method == method, "the route that is found fits", line, match.route->path.text);
  std::size_t variables = 0;
  for (const auto& segment : match.route->path.segments) variables += segment.literal.empty() ? 1 : 0;
  Claim(match.variables.size() == variables, "every variable has its value", line, match.route->path.text);
  Claim(match.allowed.empty(), "a found route allows nothing else", line);
}

void Decodes(std::string_view text) {
  for (const bool plus : {false, true}) {
    const auto decoded = gateway::PercentDecode(text, plus);
    if (!decoded) continue;
    Claim(gateway::IsUtf8(*decoded), "what is decoded is UTF-8", *decoded);
    for (const char c : *decoded) Claim(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control character is decoded", *decoded);
    std::string again;
    constexpr char kHex[] = "0123456789ABCDEF";
    for (const char c : *decoded) {
      const auto byte = static_cast<unsigned char>(c);
      again.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
    Claim(gateway::PercentDecode(again, plus) == decoded, "escapes come back", *decoded);
  }
}

// A template that parses serves the path that is made of it.
void Parses(std::string_view text) {
  const auto form = PathTemplate::Parse(text);
  if (!form) return;
  std::string path;
  for (const auto& segment : form->segments) path += "/" + (segment.literal.empty() ? "v-" + segment.variable : segment.literal);
  if (!form->verb.empty()) path += ":" + form->verb;
  const auto split = gateway::Split(path);
  Claim(split.has_value() && split->segments.size() == form->segments.size() && split->verb == form->verb, "a template serves its own path",
        std::string(text), path);
  Claim(Fits(*form, path), "both ways agree on the template's own path", std::string(text), path);
}

}  // namespace
}  // namespace evenhand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  const std::string_view line = input.substr(0, end);
  const std::size_t space = line.find(' ');
  if (space != std::string_view::npos) {
    evenhand::fuzz::Finds(line.substr(0, space), line.substr(space + 1));
    evenhand::fuzz::Decodes(line.substr(space + 1));
  }
  if (end != std::string_view::npos) evenhand::fuzz::Parses(input.substr(end + 1));
  return 0;
}
