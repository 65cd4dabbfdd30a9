#include "gateway/testing/edge.h"

#include <fstream>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <arpa/inet.h>
#include <cjose/cjose.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace evenhand::gateway::testing {
namespace {

// A key pair in a file, and a token that it signed.
std::string MakeToken(const std::string& jwks_file) {
  const std::uint8_t exponent[] = {1, 0, 1};
  constexpr std::string_view kKid = "evenhand-dev-test";
  static cjose_jwk_t* const key = [&] {
    cjose_jwk_t* made = cjose_jwk_create_RSA_random(2048, exponent, 3, nullptr);
    cjose_jwk_set_kid(made, kKid.data(), kKid.size(), nullptr);
    return made;
  }();
  char* text = cjose_jwk_to_json(key, false, nullptr);
  std::ofstream(jwks_file) << "{\"keys\":[" << text << "]}";
  cjose_get_dealloc()(text);
  const std::int64_t now = absl::ToUnixSeconds(absl::Now());
  const std::string claims = absl::StrCat(
      R"({"sub":"E1001","name":"A. Officer","roles":["employee"],"service_areas":["Housing"],"iss":"https://test","aud":"evenhand","iat":)",
      now, R"(,"exp":)", now + 600, "}");
  cjose_header_t* header = cjose_header_new(nullptr);
  cjose_header_set(header, "alg", "RS256", nullptr);
  cjose_header_set(header, "kid", kKid.data(), nullptr);
  cjose_jws_t* jws = cjose_jws_sign(key, header, reinterpret_cast<const std::uint8_t*>(claims.data()), claims.size(), nullptr);
  const char* compact = nullptr;
  cjose_jws_export(jws, &compact, nullptr);
  std::string token = compact;
  cjose_jws_release(jws);
  cjose_header_release(header);
  return token;
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("connect");
}

RawClient::~RawClient() { close(socket_); }

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool RawClient::More() {
  pollfd ready{socket_, POLLIN, 0};
  char space[65536];
  if (poll(&ready, 1, 10'000) <= 0) return false;
  const ssize_t n = recv(socket_, space, sizeof space, 0);
  if (n <= 0) return false;
  in_.append(space, static_cast<std::size_t>(n));
  return true;
}

bool RawClient::AtEnd() { return in_.empty() && !More(); }

Answer RawClient::Read(bool to_head) {
  Answer answer;
  std::size_t end;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!More()) return answer;
  }
  std::string head = in_.substr(0, end + 2);
  in_.erase(0, end + 4);
  answer.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t stop = head.find("\r\n", at), colon = head.find(": ", at);
    answer.headers[absl::AsciiStrToLower(head.substr(at, colon - at))] = head.substr(colon + 2, stop - colon - 2);
    at = stop + 2;
  }
  if (answer.status < 200 || to_head) return answer;
  if (answer.headers.contains("transfer-encoding")) {
    while (true) {
      while ((end = in_.find("\r\n")) == std::string::npos) {
        if (!More()) return answer;
      }
      const std::size_t size = std::stoul(in_, nullptr, 16);
      while (in_.size() < end + 4 + size) {
        if (!More()) return answer;
      }
      answer.body += in_.substr(end + 2, size);
      in_.erase(0, end + 4 + size);
      if (size == 0) break;
    }
  } else if (answer.headers.contains("content-length")) {
    const std::size_t size = std::stoul(answer.headers["content-length"]);
    while (in_.size() < size) {
      if (!More()) return answer;
    }
    answer.body = in_.substr(0, size);
    in_.erase(0, size);
  } else if (answer.status != 204) {
    while (More()) {
    }
    answer.body = std::move(in_);
  }
  answer.whole = true;
  return answer;
}

Edge::Edge(std::vector<std::string> more) : token_(MakeToken(services_.folder() + "/jwks.json")) {
  std::vector<std::string> words = {"gateway",
                                    "--mode=dev",
                                    "--listen=127.0.0.1:0",
                                    "--metrics-listen=127.0.0.1:0",
                                    "--issuer=https://test",
                                    "--edge-threads=2",
                                    "--audience=evenhand",
                                    "--jwks=file:" + services_.folder() + "/jwks.json",
                                    "--state-dir=" + services_.folder()};
  for (const char* name : {"incident", "restriction", "appeal", "notification"})
    words.push_back(absl::StrCat("--", name, "=", services_.address()));
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  const auto settings = ReadSettings("gateway", static_cast<int>(argv.size()), argv.data());
  if (!settings.ok()) throw std::runtime_error(std::string(settings.status().message()));
  settings_ = *settings;
  gateway_ = std::make_unique<Gateway>(settings_);
  gateway_->Start();
}

std::string Edge::Head(std::string_view method, std::string_view path, std::string_view headers, bool with_token) const {
  return absl::StrCat(std::string(method), " ", std::string(path), " HTTP/1.1\r\nHost: test\r\n",
                      with_token ? "Authorization: Bearer " + token_ + "\r\n" : "", std::string(headers), "\r\n");
}

Answer Edge::Call(std::string_view method, std::string_view path, std::string_view body, std::string_view headers, bool with_token) {
  RawClient client(port());
  std::string more(headers);
  if (!body.empty()) more += absl::StrCat("Content-Length: ", body.size(), "\r\n");
  client.Send(Head(method, path, more, with_token) + std::string(body));
  return client.Read(method == "HEAD");
}

}  // namespace evenhand::gateway::testing
