// Tokens and key sets. Input, by its first line:
//   raw      the text after it is a token as a stranger sends it: never accepted, whatever it says
//   claims   the text is the claims that the provider signed: read without harm, accepted only when issuer, audience and times hold
//   keys     the text is what the provider's address answers: read without harm, and no token of another key passes
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include <absl/time/clock.h>
#include <cjose/cjose.h>
#include <rapidjson/document.h>

#include "services/platform/auth/jwks.h"
#include "services/platform/auth/token_verifier.h"
#include "services/platform/base/canonical.h"
#include "services/platform/obs/log.h"
#include "tests/fuzz/claim.h"

namespace evenhand::fuzz {
namespace {

constexpr char kIssuer[] = "https://login.council.example";
constexpr char kAudience[] = "evenhand";

// The provider's key, made anew in every run: a signature never comes out of a corpus.
cjose_jwk_t* Key() {
  static cjose_jwk_t* const key = [] {
    cjose_jwk_t* made = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr);
    cjose_jwk_set_kid(made, "key-1", 5, nullptr);
    return made;
  }();
  return key;
}

std::string Public() {
  char* text = cjose_jwk_to_json(Key(), false, nullptr);
  std::string json = text;
  cjose_get_dealloc()(text);
  return json;
}

// A file that goes with the process.
const std::string& File(const char* name) {
  static std::string folder = [] {
    std::string made = "/tmp/evenhand-fuzz-XXXXXX";
    Claim(mkdtemp(made.data()) != nullptr, "there is room for the keys");
    static std::string remembered;
    remembered = made;
    std::atexit([] {
      for (const char* one : {"/keys", "/strange"}) unlink((remembered + one).c_str());
      rmdir(remembered.c_str());
    });
    return made;
  }();
  thread_local std::string path;
  return path = folder + "/" + name;
}

void Write(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
}

TokenVerifier* Verifier() {
  const std::string path = File("keys");
  Write(path, R"({"keys":[)" + Public() + "]}");
  auto* verifier = new TokenVerifier({.jwks = "file:" + path, .issuer = kIssuer, .audience = kAudience});
  Claim(verifier->Refresh().ok(), "the keys are read");
  return verifier;
}

std::string Sign(std::string_view claims) {
  cjose_header_t* header = cjose_header_new(nullptr);
  cjose_header_set(header, "alg", "ES256", nullptr);
  cjose_header_set(header, "kid", "key-1", nullptr);
  cjose_jws_t* jws = cjose_jws_sign(Key(), header, reinterpret_cast<const std::uint8_t*>(claims.data()), claims.size(), nullptr);
  cjose_header_release(header);
  if (jws == nullptr) return "";
  const char* text = nullptr;
  cjose_jws_export(jws, &text, nullptr);
  std::string token = text;
  cjose_jws_release(jws);
  return token;
}

bool NamesAudience(const rapidjson::Value& aud) {
  if (aud.IsString()) return std::string_view(aud.GetString(), aud.GetStringLength()) == kAudience;
  if (!aud.IsArray()) return false;
  for (const auto& one : aud.GetArray()) {
    if (one.IsString() && std::string_view(one.GetString(), one.GetStringLength()) == kAudience) return true;
  }
  return false;
}

// What an accepted token must say, read a second time and strictly.
void HoldsByItself(std::string_view claims, const Actor& actor) {
  const std::string text(claims);
  rapidjson::Document read;
  read.Parse<rapidjson::kParseIterativeFlag>(claims.data(), claims.size());
  Claim(!read.HasParseError() && read.IsObject(), "accepted claims are an object", text);
  const double now = static_cast<double>(absl::ToUnixSeconds(absl::Now()));
  Claim(read.HasMember("iss") && read["iss"].IsString() &&
            std::string_view(read["iss"].GetString(), read["iss"].GetStringLength()) == kIssuer,
        "the issuer is the one", text);
  Claim(read.HasMember("aud") && NamesAudience(read["aud"]), "the audience is ours", text);
  Claim(read.HasMember("exp") && read["exp"].IsNumber() && read["exp"].GetDouble() > now - 35, "it has not expired", text);
  Claim(read.HasMember("sub") && read["sub"].IsString() &&
            CanonicalStaffNumber({read["sub"].GetString(), read["sub"].GetStringLength()}) == actor.id,
        "the actor is the subject, whole, in the one form of a staff number", text, actor.id);
  Claim(CanonicalStaffNumber(actor.id) == actor.id, "that form is its own", actor.id);
  Claim(actor.id.find('\0') == std::string::npos, "an id holds no U+0000", text);
}

void Signed(const TokenVerifier& verifier, std::string_view claims) {
  if (claims.size() > 4'000) return;
  const std::string token = Sign(claims);
  if (token.empty()) return;
  const auto actor = verifier.Verify(token);
  if (!actor.ok()) return;
  HoldsByItself(claims, **actor);
  const auto again = verifier.Verify(token);  // out of the cache
  Claim(again.ok() && (*again)->id == (*actor)->id, "a token that holds goes on holding", std::string(claims));
}

void StrangeKeys(std::string_view text) {
  const std::string path = File("strange");
  Write(path, text);
  const TokenVerifier verifier({.jwks = "file:" + path, .issuer = kIssuer, .audience = kAudience});
  static_cast<void>(verifier.Refresh());
  static const std::string token = Sign(R"({"sub":"E1","iss":"https://login.council.example","aud":"evenhand","exp":4102444800})");
  Claim(!verifier.Verify(token).ok(), "a key that nobody published verifies nothing", std::string(text));
}

}  // namespace
}  // namespace evenhand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace evenhand::fuzz;  // NOLINT(google-build-using-namespace): the entry has to stand outside
  static const evenhand::TokenVerifier* const verifier = (evenhand::InitLog("fuzz", "error"), Verifier());
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view mode = input.substr(0, end), text = input.substr(end + 1);
  if (mode == "raw") Claim(!verifier->Verify(text).ok(), "a stranger's token never holds", std::string(text));
  if (mode == "claims") Signed(*verifier, text);
  if (mode == "keys") StrangeKeys(text);
  return 0;
}
