#include "services/platform/auth/token_verifier.h"

#include <fstream>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "services/platform/auth/jwks.h"
#include "services/platform/testing/http_stub.h"

namespace evenhand {
namespace {

constexpr char kIssuer[] = "https://login.council.example";

std::string Base64(const std::string& bytes) { return absl::WebSafeBase64Escape(bytes); }

// An identity provider's key and what it signs.
class Signer {
 public:
  Signer(cjose_jwk_t* key, std::string kid, std::string algorithm)
      : key_(key, [](cjose_jwk_t* jwk) { cjose_jwk_release(jwk); }), kid_(std::move(kid)), algorithm_(std::move(algorithm)) {
    cjose_jwk_set_kid(key_.get(), kid_.data(), kid_.size(), nullptr);
  }
  static Signer Rsa(const std::string& kid, const std::string& algorithm = "RS256") {
    const std::uint8_t exponent[] = {1, 0, 1};
    return Signer(cjose_jwk_create_RSA_random(2048, exponent, 3, nullptr), kid, algorithm);
  }
  static Signer Ec(const std::string& kid) { return Signer(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr), kid, "ES256"); }

  std::string Public() const {
    char* text = cjose_jwk_to_json(key_.get(), false, nullptr);
    std::string json = text;
    cjose_get_dealloc()(text);
    return json;
  }

  // Under a header that libcjose would not write.
  std::string Sign(const std::string& claims, const std::string& header) const {
    const std::string signed_part = Base64(header) + "." + Base64(claims);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size(), digest);
    unsigned char signature[256];
    unsigned int size = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // libcjose keeps its keys in this form
    EXPECT_EQ(RSA_sign(NID_sha256, digest, sizeof digest, signature, &size, static_cast<RSA*>(cjose_jwk_get_keydata(key_.get(), nullptr))),
              1);
#pragma GCC diagnostic pop
    return signed_part + "." + Base64(std::string(reinterpret_cast<const char*>(signature), size));
  }

  std::string Sign(const std::string& claims) const {
    cjose_header_t* header = cjose_header_new(nullptr);
    cjose_header_set(header, "alg", algorithm_.c_str(), nullptr);
    cjose_header_set(header, "kid", kid_.c_str(), nullptr);
    cjose_jws_t* jws = cjose_jws_sign(key_.get(), header, reinterpret_cast<const std::uint8_t*>(claims.data()), claims.size(), nullptr);
    const char* text = nullptr;
    cjose_jws_export(jws, &text, nullptr);
    std::string token = text;
    cjose_jws_release(jws);
    cjose_header_release(header);
    return token;
  }

 private:
  Jwk key_;
  std::string kid_;
  std::string algorithm_;
};

std::string Claims(const std::string& more = "", int expires_in = 600, const std::string& issuer = kIssuer,
                   const std::string& audience = "evenhand") {
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  return absl::StrCat(R"({"sub":"E2001","name":"M. Manager","roles":["senior_manager","juggler"],"service_areas":["Housing"],"iss":")",
                      issuer, R"(","aud":[")", audience, R"("],"iat":)", now, R"(,"exp":)", now + expires_in, more, "}");
}

std::string KeySet(std::initializer_list<const Signer*> signers) {
  std::string keys;
  for (const Signer* signer : signers) absl::StrAppend(&keys, keys.empty() ? "" : ",", signer->Public());
  return absl::StrCat(R"({"keys":[)", keys, "]}");
}

class Tokens : public ::testing::Test {
 protected:
  TokenVerifier With(std::initializer_list<const Signer*> signers, bool dev = false) {
    provider_.Answer(200, KeySet(signers));
    return TokenVerifier({.jwks = provider_.url(), .issuer = kIssuer, .audience = "evenhand", .allow_dev_key = dev});
  }

  const Signer rsa_ = Signer::Rsa("key-1");
  testing::HttpStub provider_;
};

TEST_F(Tokens, ASignedTokenNamesItsActor) {
  const TokenVerifier verifier = With({&rsa_});
  const auto actor = verifier.Verify(rsa_.Sign(Claims()));
  ASSERT_TRUE(actor.ok());
  EXPECT_EQ((*actor)->id, "E2001");
  EXPECT_TRUE((*actor)->Holds(Role::kSeniorManager, "Housing"));
  EXPECT_EQ((*actor)->roles.size(), 1u) << "a role that nobody knows gives no right";
}

TEST_F(Tokens, Ps256AndEs256HoldToo) {
  const Signer ps = Signer::Rsa("key-ps", "PS256");
  const Signer es = Signer::Ec("key-es");
  const TokenVerifier verifier = With({&ps, &es});
  EXPECT_TRUE(verifier.Verify(ps.Sign(Claims())).ok());
  EXPECT_TRUE(verifier.Verify(es.Sign(Claims())).ok());
}

TEST_F(Tokens, AnActClaimNamesTheSystemThatActs) {
  const TokenVerifier verifier = With({&rsa_});
  const auto actor = verifier.Verify(rsa_.Sign(Claims(R"(,"act":{"sub":"crm"})")));
  ASSERT_TRUE(actor.ok());
  ASSERT_NE((*actor)->through, nullptr);
  EXPECT_TRUE((*actor)->through->Has(Role::kCrm));
}

TEST_F(Tokens, ForgedOnesAreRefused) {
  const TokenVerifier verifier = With({&rsa_});
  const std::string good = rsa_.Sign(Claims());
  const std::string signature = good.substr(good.rfind('.') + 1);
  const std::string none = Base64(R"({"alg":"none","kid":"key-1"})") + "." + Base64(Claims()) + ".";
  const std::string tampered = good.substr(0, good.find('.')) + "." + Base64(Claims(R"(,"x":1)")) + "." + signature;
  EXPECT_FALSE(verifier.Verify(none).ok());
  EXPECT_FALSE(verifier.Verify(tampered).ok());
  EXPECT_FALSE(verifier.Verify("").ok());
  EXPECT_FALSE(verifier.Verify("a.b").ok());
  EXPECT_FALSE(verifier.Verify(std::string(100'000, 'a')).ok());
  EXPECT_TRUE(verifier.Verify(good).ok());
}

TEST_F(Tokens, Hs256SignedWithThePublicKeyIsRefused) {
  const TokenVerifier verifier = With({&rsa_});
  const std::string signed_part = Base64(R"({"alg":"HS256","kid":"key-1","typ":"JWT"})") + "." + Base64(Claims());
  for (const std::string& secret : {rsa_.Public(), KeySet({&rsa_})}) {
    unsigned char digest[32];
    unsigned int size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(signed_part.data()),
         signed_part.size(), digest, &size);
    EXPECT_FALSE(verifier.Verify(signed_part + "." + Base64(std::string(reinterpret_cast<char*>(digest), size))).ok());
  }
}

TEST_F(Tokens, AKeyOutOfTheTokenIsNeverUsed) {
  const TokenVerifier verifier = With({&rsa_});
  const Signer stranger = Signer::Rsa("key-1");
  EXPECT_FALSE(verifier.Verify(stranger.Sign(Claims())).ok());
  const std::string own_key = Base64(absl::StrCat(R"({"alg":"RS256","kid":"x","jwk":)", stranger.Public(), "}"));
  const std::string token = stranger.Sign(Claims());
  EXPECT_FALSE(verifier.Verify(own_key + token.substr(token.find('.'))).ok());
}

TEST_F(Tokens, IssuerAudienceAndTimesAreChecked) {
  const TokenVerifier verifier = With({&rsa_});
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims("", 600, "https://elsewhere.example"))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims("", 600, kIssuer, "another"))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims("", -60))).ok());
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(Claims("", -5))).ok()) << "within the skew";
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(absl::StrCat(R"(,"nbf":)", absl::ToUnixSeconds(absl::Now()) + 300)))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(R"({"sub":"E1","iss":"https://login.council.example","aud":"evenhand"})")).ok()) << "no expiry";
}

// Found by fuzzing: a number that fits no integer, and a subject that a C string would cut short.
TEST_F(Tokens, StrangeClaimsOfTheProviderDoNoHarm) {
  const TokenVerifier verifier = With({&rsa_});
  const auto claims = [](const std::string& sub, const std::string& exp) {
    return R"({"sub":")" + sub + R"(","iss":")" + kIssuer + R"(","aud":"evenhand","exp":)" + exp + "}";
  };
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(claims("E1", "1e300"))).ok()) << "where no longest life is set";
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(claims("E1", "-1e300"))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(claims(R"(E2001\u0000x)", "4102444800"))).ok()) << "not E2001";
}

TEST_F(Tokens, WhatWeDoNotUnderstandAndMustIsRefused) {
  const TokenVerifier verifier = With({&rsa_});
  for (const char* crit : {R"(["exp2"],"exp2":1)", R"(["b64"],"b64":false)", "[]", "null"})
    EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(), absl::StrCat(R"({"alg":"RS256","kid":"key-1","crit":)", crit, "}"))).ok()) << crit;
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(), R"({"alg":"RS256","kid":"key-1","kid":"key-1"})")).ok()) << "twice";
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(Claims(), R"({"alg":"RS256","kid":"key-1","typ":"JWT"})")).ok());
}

TEST_F(Tokens, AnActThatNamesNoSystemIsRefusedNeverPassedOver) {
  const TokenVerifier verifier = With({&rsa_});
  for (const char* act :
       {R"("crm")", "[]", R"([{"sub":"crm"}])", "7", "true", "null", "{}", R"({"sub":""})", R"({"sub":7,"roles":["crm"]})",
        R"({"sub":"team_leader"})", R"({"sub":"x"})", R"({"sub":"x","roles":[]})", R"({"sub":"crm","roles":["juggler"]})",
        R"({"roles":["crm"]})", R"({"sub":"crm","act":{"sub":"portal"}})", R"({"sub":"crm","sub":"portal"})"})
    EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(absl::StrCat(R"(,"act":)", act)))).ok()) << act;
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(Claims(R"(,"act":{"sub":"desk","roles":["crm"]})"))).ok());
}

TEST_F(Tokens, ClaimsThatReadInTwoWaysAreRefused) {
  const TokenVerifier verifier = With({&rsa_});
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(R"(,"sub":"E9999")"))).ok()) << "a claim twice";
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(R"(,"roles":["administrator"])"))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(",\"x\":\"\xff\xfe\""))).ok()) << "no UTF-8";
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(",\"\xc0\xaf\":1"))).ok());
}

TEST_F(Tokens, ItsSubjectAndRolesAreInTheirOneForm) {
  const TokenVerifier verifier = With({&rsa_});
  std::string claims = Claims();
  claims.replace(claims.find("E2001"), 5, "\uff45 2001\u200b");
  claims.replace(claims.find("senior_manager"), 14, " Senior_Manager");
  const auto actor = verifier.Verify(rsa_.Sign(claims));
  ASSERT_TRUE(actor.ok());
  EXPECT_EQ((*actor)->id, "E2001");
  EXPECT_TRUE((*actor)->Has(Role::kSeniorManager));
}

TEST_F(Tokens, NoTokenLivesLongerThanTheCouncilLets) {
  provider_.Answer(200, KeySet({&rsa_}));
  const TokenVerifier verifier({.jwks = provider_.url(), .issuer = kIssuer, .audience = "evenhand", .longest_life = absl::Hours(8)});
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(Claims("", 8 * 3600))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims("", 8 * 3600 + 60))).ok());
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(R"({"sub":"E1","iss":"https://login.council.example","aud":"evenhand","exp":4102444800})")).ok())
      << "without iat it is counted from now";
}

TEST_F(Tokens, AKeyTakenOutOfTheSetEndsItsTokensAtTheNextRefresh) {
  const Signer next = Signer::Ec("key-2");
  const TokenVerifier verifier = With({&rsa_, &next});
  const std::string used = rsa_.Sign(Claims());
  ASSERT_TRUE(verifier.Verify(used).ok());
  provider_.Answer(200, KeySet({&next}));
  ASSERT_TRUE(verifier.Refresh().ok());
  EXPECT_FALSE(verifier.Verify(used).ok()) << "seen before, and withdrawn since";
  EXPECT_TRUE(verifier.Verify(next.Sign(Claims())).ok());
}

TEST_F(Tokens, NobodyWaitsForAProviderThatHangs) {
  const TokenVerifier verifier = With({&rsa_});
  ASSERT_TRUE(verifier.Verify(rsa_.Sign(Claims())).ok());
  const Signer stranger = Signer::Ec("made-up");
  const absl::Time start = absl::Now();
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(verifier.Verify(stranger.Sign(Claims(absl::StrCat(",\"x\":", i)))).ok());
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(500));
}

TEST_F(Tokens, TheDevelopmentKeyIsRefusedOutsideDevMode) {
  const Signer dev = Signer::Rsa("evenhand-dev-1");
  EXPECT_FALSE(With({&dev}).Verify(dev.Sign(Claims())).ok());
  EXPECT_TRUE(With({&dev}, true).Verify(dev.Sign(Claims())).ok());
}

TEST_F(Tokens, WhatIsNotBase64UrlIsRefusedAndEndsNothing) {
  const TokenVerifier verifier = With({&rsa_});
  const std::string good = rsa_.Sign(Claims());
  const std::size_t first = good.find('.'), second = good.rfind('.');
  for (const std::size_t at : {std::size_t{3}, first + 3, second + 3}) {
    std::string bad = good;
    bad[at] = '=';
    EXPECT_FALSE(verifier.Verify(bad).ok());
    EXPECT_FALSE(verifier.Verify(std::string(good).insert(at, "=")).ok());
    EXPECT_FALSE(verifier.Verify(std::string(good).insert(at, "+/ %")).ok());
  }
  std::string set = KeySet({&rsa_});
  set.insert(set.find("\"n\":\"") + 12, "=");
  provider_.Answer(200, set);
  EXPECT_TRUE(verifier.Refresh().ok()) << "a key that can't be read is left out";
  EXPECT_FALSE(verifier.Verify(rsa_.Sign(Claims(R"(,"x":3)"))).ok());
}

TEST_F(Tokens, AFloodOfUnknownKeysCostsOneFetchACoolDown) {
  const TokenVerifier verifier = With({&rsa_});
  ASSERT_TRUE(verifier.Verify(rsa_.Sign(Claims())).ok());
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(verifier.Verify(Signer::Ec(absl::StrCat("unknown-", i)).Sign(Claims())).ok());
  EXPECT_LE(provider_.requests(), 2);
}

TEST_F(Tokens, KeysRotateAndAnOutageIsSurvived) {
  const Signer next = Signer::Ec("key-2");
  const TokenVerifier verifier = With({&rsa_});
  ASSERT_TRUE(verifier.Verify(rsa_.Sign(Claims())).ok());
  provider_.Answer(503, "");
  EXPECT_FALSE(verifier.Refresh().ok());
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(Claims(R"(,"x":2)"))).ok()) << "the keys read before stay in use";
  provider_.Answer(200, KeySet({&rsa_, &next}));
  ASSERT_TRUE(verifier.Refresh().ok());
  EXPECT_TRUE(verifier.Verify(next.Sign(Claims())).ok());
}

TEST_F(Tokens, WhileTheProviderIsAwayNobodyIsToldThatTheirTokenDoesNotHold) {
  provider_.Answer(503, "");
  const TokenVerifier verifier({.jwks = provider_.url(), .issuer = kIssuer, .audience = "evenhand"});
  EXPECT_FALSE(verifier.knows_keys());
  const absl::Status away = verifier.Verify(rsa_.Sign(Claims())).status();
  EXPECT_TRUE(absl::IsUnavailable(away)) << away;
  EXPECT_EQ(RefusalOfToken(away).kind, RefusalKind::kUnavailable);
  EXPECT_TRUE(absl::IsUnauthenticated(verifier.Verify("a.b.c").status())) << "what is no token needs no key to be refused";
  provider_.Answer(200, KeySet({&rsa_}));
  for (int i = 0; i < 200 && !verifier.knows_keys(); ++i) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_TRUE(verifier.Verify(rsa_.Sign(Claims())).ok()) << "nobody needs to ask: the first keys are tried for until they are there";
}

TEST_F(Tokens, AKeyThatTheProviderPublishedSinceIsLookedUpBeforeItsTokenIsRefused) {
  const Signer next = Signer::Ec("key-2");
  const TokenVerifier verifier = With({&rsa_});
  ASSERT_TRUE(verifier.Verify(rsa_.Sign(Claims())).ok());
  provider_.Answer(503, "");
  ASSERT_FALSE(verifier.Refresh().ok());
  EXPECT_TRUE(absl::IsUnavailable(verifier.Verify(next.Sign(Claims())).status())) << "it may be published by now: nobody knows";
  provider_.Answer(200, KeySet({&rsa_}));
  ASSERT_TRUE(verifier.Refresh().ok());
  EXPECT_TRUE(absl::IsUnauthenticated(verifier.Verify(next.Sign(Claims())).status())) << "asked, and there is none";
}

}  // namespace
}  // namespace evenhand
