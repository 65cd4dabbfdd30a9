// The edge of HTTP itself: framing, limits, many connections, TLS, and how it ends.
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gateway/probe.h"
#include "gateway/testing/edge.h"

namespace evenhand::gateway {
namespace {

using testing::Answer;
using testing::Edge;
using ::testing::HasSubstr;
using testing::RawClient;

class TheEdge : public ::testing::Test {
 protected:
  static Edge& edge() {
    static Edge* const shared = new Edge;
    return *shared;
  }
};

TEST_F(TheEdge, KeepsAConnectionAndAnswersPipelinedRequestsInOrder) {
  RawClient client(edge().port());
  client.Send(edge().Head("GET", "/v1/incidents/1") + edge().Head("GET", "/v1/incidents/2") + edge().Head("GET", "/healthz"));
  EXPECT_THAT(client.Read().body, HasSubstr(R"("id":"1")"));
  EXPECT_THAT(client.Read().body, HasSubstr(R"("id":"2")"));
  EXPECT_THAT(client.Read().body, HasSubstr("healthy"));
}

TEST_F(TheEdge, TakesARequestByteByByte) {
  RawClient client(edge().port());
  const std::string all = edge().Head("POST", "/v1/incidents", "Transfer-Encoding: chunked\r\n") +
                          "5;a=b\r\n{\"sou\r\n10\r\nrceRef\":\"slowly\"\r\n1\r\n}\r\n0\r\n\r\n";
  for (std::size_t i = 0; i < all.size(); i += 7) client.Send(std::string_view(all).substr(i, 7));
  EXPECT_THAT(client.Read().body, HasSubstr("slowly"));
}

TEST_F(TheEdge, BadChunksEndTheConnection) {
  for (const char* body :
       {"zz\r\nab\r\n0\r\n\r\n", "5\r\n{}\r\n0\r\n\r\n", "-1\r\n\r\n", "ffffffffffffffffff\r\n{}", "2\n{}\n0\n\n", "2\r\n{}xx0\r\n\r\n"}) {
    RawClient client(edge().port());
    client.Send(edge().Head("POST", "/v1/incidents", "Transfer-Encoding: chunked\r\n") + body + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.Read().status, 400) << body;
    EXPECT_TRUE(client.AtEnd()) << body;
  }
}

TEST_F(TheEdge, NothingBehindARefusedHeadIsRead) {
  RawClient client(edge().port());
  client.Send(
      "POST /v1/incidents HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz "
      "HTTP/1.1\r\nHost: a\r\n\r\n");
  const Answer answer = client.Read();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(TheEdge, ContinuesWhenAskedAndNotWhenItWouldRefuse) {
  RawClient client(edge().port());
  client.Send(edge().Head("POST", "/v1/incidents", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Read().status, 100);
  client.Send("{}");
  EXPECT_EQ(client.Read().status, 201);
  client.Send(edge().Head("POST", "/v1/incidents", "Content-Length: 2\r\nExpect: 100-continue\r\n", false));
  EXPECT_EQ(client.Read().status, 401);
}

TEST_F(TheEdge, LimitsOfSize) {
  EXPECT_EQ(edge().Call("GET", "/healthz", "", "X-Long: " + std::string(17'000, 'x') + "\r\n").status, 431);
  EXPECT_EQ(edge().Call("POST", "/v1/incidents", std::string(1024 * 1024 + 1, ' ')).status, 413);
  RawClient client(edge().port());
  client.Send(edge().Head("POST", "/v1/incidents", "Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  for (int i = 0; i < 20; ++i) client.Send(chunk);
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_EQ(edge().Call("POST", "/v1/incidents", "{}", "Content-Type: text/plain\r\n").status, 415);
  EXPECT_EQ(edge().Call("POST", "/v1/incidents", "{}", "Content-Encoding: gzip\r\n").status, 415);
  const Answer key = edge().Call("POST", "/v1/incidents", "{}", "Idempotency-Key: " + std::string(256, 'k') + "\r\n");
  EXPECT_EQ(key.status, 400);
  EXPECT_THAT(key.body, HasSubstr("Idempotency-Key"));
}

TEST_F(TheEdge, ARefusedSmallBodyKeepsTheConnection) {
  RawClient client(edge().port());
  client.Send(edge().Head("POST", "/v1/incidents", "Content-Length: 2\r\n", false) + "{}" + edge().Head("GET", "/healthz"));
  EXPECT_EQ(client.Read().status, 401);
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(TheEdge, SpeaksHttp10) {
  RawClient client(edge().port());
  client.Send("GET /healthz HTTP/1.0\r\n\r\n");
  const Answer answer = client.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(TheEdge, TakesTheAbsoluteFormOfATarget) {
  RawClient client(edge().port());
  client.Send("GET http://test/healthz HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(TheEdge, HoldsTwoThousandIdleConnections) {
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 2'000; ++i) idle.push_back(std::make_unique<RawClient>(edge().port()));
  for (std::size_t i = 0; i < idle.size(); i += 97) {
    idle[i]->Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(idle[i]->Read().status, 200);
  }
}

TEST_F(TheEdge, ASlowHeadIsCutOff) {
  RawClient client(edge().port());
  client.Send("GET /healthz HTTP/1.1\r\nHost:");
  std::this_thread::sleep_for(std::chrono::seconds(11));
  const Answer answer = client.Read();
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(client.AtEnd());
}

TEST(Limits, ConnectionsOfOneClientAreCapped) {
  Edge edge({"--max-connections-per-client=3"});
  std::vector<std::unique_ptr<RawClient>> some;
  for (int i = 0; i < 3; ++i) {
    some.push_back(std::make_unique<RawClient>(edge.port()));
    some.back()->Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(some.back()->Read().status, 200);
  }
  RawClient late(edge.port());
  EXPECT_EQ(late.Read().status, 503);
  some.pop_back();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(edge.Call("GET", "/healthz").status, 200);
}

TEST(Limits, ABusyClientIsToldWhenToComeAgain) {
  Edge edge({"--rate-limit=3"});
  for (int i = 0; i < 3; ++i) {
    const Answer answer = edge.Call("GET", "/v1/incidents");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("ratelimit-remaining"), std::to_string(2 - i));
  }
  const Answer refused = edge.Call("GET", "/v1/incidents");
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  EXPECT_THAT(refused.body, HasSubstr("TOO_MANY_REQUESTS"));
  EXPECT_EQ(edge.Call("GET", "/healthz").status, 200) << "probes are nobody's requests";
}

TEST(IdentityProvider, WhileItsKeysCantBeReadNobodyIsToldThatTheirTokenDoesNotHold) {
  Edge edge({"--jwks=file:/nowhere/jwks.json"});
  const Answer answer = edge.Call("GET", "/v1/incidents");
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.headers.contains("retry-after"));
  EXPECT_THAT(answer.body, HasSubstr("identity provider"));
  EXPECT_EQ(edge.Call("GET", "/v1/incidents", "", "", false).status, 401) << "who shows no token needs no key";
  const Answer ready = edge.Call("GET", "/readyz");
  EXPECT_EQ(ready.status, 503) << "a load balancer sends callers elsewhere";
  EXPECT_THAT(ready.body, HasSubstr(R"("identityKeys":"NOT_READ")"));
  EXPECT_EQ(edge.Call("GET", "/healthz").status, 200) << "a restart would not help";
}

TEST(Browsers, OfAListedOriginMayCall) {
  Edge edge({"--cors-origins=https://a.example"});
  const Answer preflight =
      edge.Call("OPTIONS", "/v1/incidents", "", "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n", false);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "https://a.example");
  EXPECT_THAT(preflight.headers.at("access-control-allow-methods"), HasSubstr("POST"));
  EXPECT_FALSE(edge.Call("GET", "/v1/incidents", "", "Origin: https://b.example\r\n").headers.contains("access-control-allow-origin"));
}

TEST(Drain, FinishesWhatIsInFlightAndLosesNobody) {
  Edge edge;
  RawClient busy(edge.port());
  const std::string body = R"({"sourceRef":"slow"})";
  busy.Send(edge.Head("POST", "/v1/incidents", "Content-Length: " + std::to_string(body.size()) + "\r\n") + body);
  std::atomic<bool> stop{false};
  std::atomic<int> answered{0}, lost{0};
  std::thread client([&] {
    while (!stop) {
      try {
        RawClient one(edge.port());
        for (bool open = true; open && !stop;) {
          one.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
          const Answer answer = one.Read();
          answer.status == 200 ? ++answered : ++lost;
          open = answer.status == 200 && !answer.headers.contains("connection");
        }
      } catch (const std::exception&) {
        return;  // the door is closed: another gateway's turn
      }
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  std::thread drain([&] { edge.gateway().Drain(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(edge.Call("GET", "/readyz", "", "", false).status, 503);
  EXPECT_EQ(busy.Read().status, 201);
  drain.join();
  stop = true;
  client.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GT(answered, 10);
}

// A certificate of its own making, named by `serial`.
void WriteCertificate(const std::string& folder, long serial) {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  FILE* out = fopen((folder + "/cert.pem.new").c_str(), "w");
  PEM_write_X509(out, certificate);
  fclose(out);
  out = fopen((folder + "/key.pem.new").c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  fclose(out);
  std::filesystem::rename(folder + "/key.pem.new", folder + "/key.pem");
  std::filesystem::rename(folder + "/cert.pem.new", folder + "/cert.pem");
  X509_free(certificate);
  EVP_PKEY_free(key);
}

// The serial number that the port shows, or -1 when no connection comes about.
long SerialAt(std::uint16_t port, int newest_version) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, newest_version);
  SSL_CTX_set_security_level(context, 0);
  BIO* bio = BIO_new_ssl_connect(context);
  BIO_set_conn_hostname(bio, ("127.0.0.1:" + std::to_string(port)).c_str());
  long serial = -1;
  if (BIO_do_connect(bio) == 1) {
    SSL* ssl = nullptr;
    BIO_get_ssl(bio, &ssl);
    X509* shown = SSL_get1_peer_certificate(ssl);
    serial = ASN1_INTEGER_get(X509_get0_serialNumber(shown));
    X509_free(shown);
  }
  BIO_free_all(bio);
  SSL_CTX_free(context);
  return serial;
}

TEST(Tls, IsOneDotTwoOrNewerAndReloads) {
  std::string folder = "/tmp/evenhand-tls-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  WriteCertificate(folder, 1);
  Edge edge({"--edge-certificate=" + folder + "/cert.pem", "--edge-key=" + folder + "/key.pem"});
  EXPECT_TRUE(IsReady("127.0.0.1:" + std::to_string(edge.port()), true));
  EXPECT_EQ(SerialAt(edge.port(), TLS1_3_VERSION), 1);
  EXPECT_EQ(SerialAt(edge.port(), TLS1_2_VERSION), 1);
  EXPECT_EQ(SerialAt(edge.port(), TLS1_1_VERSION), -1);
  WriteCertificate(folder, 2);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(SerialAt(edge.port(), TLS1_3_VERSION), 2);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace evenhand::gateway
