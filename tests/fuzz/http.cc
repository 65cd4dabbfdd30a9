// The HTTP edge: a whole session on a socket pair, fed with any bytes in any pieces. A second reader, simpler and stricter, reads the
// same bytes; the edge may refuse what it takes, but whatever the edge lets through, both must have read alike (no smuggling), and what
// the edge answers must be well-formed replies, one a request, none after it said that it closes.
// Input: two characters that choose the pieces and when the client stops, then what the client sends.
#include <sys/socket.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/session.h"
#include "tests/fuzz/claim.h"

namespace evenhand::fuzz {
namespace {

using namespace gateway;  // NOLINT(google-build-using-namespace): the edge is what this file is about

constexpr std::uint64_t kLimit = 600;

struct Request {
  std::string method, target, body;
};

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// ---- the second reader (RFC 9112, the strict reading)

std::string_view TakeLine(std::string_view& text, bool* ok) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return *ok = false, std::string_view();
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

std::optional<std::string> TakeChunks(std::string_view& text) {
  std::string body;
  bool ok = true;
  while (ok) {
    const std::string_view head = TakeLine(text, &ok);
    if (!ok || head.empty()) return std::nullopt;
    std::size_t size = 0, digits = 0;
    for (; digits < head.size() && std::isxdigit(static_cast<unsigned char>(head[digits])) != 0; ++digits) {
      if (digits > 12) return std::nullopt;
      size = size * 16 + static_cast<std::size_t>(std::stoi(std::string(1, head[digits]), nullptr, 16));
    }
    if (digits == 0) return std::nullopt;
    if (size == 0) break;
    if (text.size() < size + 2 || text.substr(size, 2) != "\r\n") return std::nullopt;
    body += text.substr(0, size);
    text.remove_prefix(size + 2);
  }
  while (ok) {  // trailers
    if (TakeLine(text, &ok).empty()) break;
  }
  return ok ? std::optional(body) : std::nullopt;
}

// The next request, or nothing where this reader finds none.
std::optional<Request> TakeRequest(std::string_view& text, std::vector<bool>* heads) {
  while (text.starts_with("\r\n")) text.remove_prefix(2);
  bool ok = true;
  const std::string_view first = TakeLine(text, &ok);
  const std::size_t space = first.find(' '), last = first.rfind(' ');
  if (!ok || space == std::string_view::npos || space == last) return std::nullopt;
  Request request{std::string(first.substr(0, space)), std::string(first.substr(space + 1, last - space - 1)), ""};
  heads->push_back(request.method == "HEAD");
  std::optional<std::size_t> length;
  bool chunked = false;
  while (true) {
    const std::string_view line = TakeLine(text, &ok);
    if (!ok) return std::nullopt;
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string name = Lower(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    if (name == "content-length") {
      if (length || value.empty() || value.size() > 18 || value.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
      length = std::stoull(std::string(value));
    }
    if (name == "transfer-encoding") {
      if (chunked || Lower(value) != "chunked") return std::nullopt;
      chunked = true;
    }
  }
  if (chunked && length) return std::nullopt;
  if (chunked) {
    auto body = TakeChunks(text);
    if (!body) return std::nullopt;
    request.body = *std::move(body);
  } else if (length) {
    if (text.size() < *length) return std::nullopt;
    request.body = std::string(text.substr(0, *length));
    text.remove_prefix(*length);
  }
  return request;
}

// ---- what answers behind the edge: by the path it collects, echoes as a stream, or replies before the body came

struct Echo final : Handler {
  struct Sink final : BodySink {
    Sink(Echo& echo, std::shared_ptr<Exchange> exchange, std::size_t index) : echo(echo), exchange(std::move(exchange)), index(index) {}
    void OnPiece(std::string piece) override {
      echo.heard[index].body += piece;
      if (!exchange->replied()) exchange->Start({.content_type = "text/plain"});
      if (piece.size() % 3 == 0) {  // now and then slower than the client
        exchange->PauseBody();
        asio::post(exchange->io(), [held = exchange] { held->ResumeBody(); });
      }
      exchange->Write(std::move(piece), nullptr);
    }
    void OnEnd() override {
      echo.whole[index] = true;
      if (!exchange->replied()) exchange->Start({.content_type = "text/plain"});
      exchange->End();
    }
    Echo& echo;
    const std::shared_ptr<Exchange> exchange;
    const std::size_t index;
  };

  void OnHead(const std::shared_ptr<Exchange>& exchange) override {
    const std::string target = std::string(exchange->path) + (exchange->query.empty() ? "" : "?" + std::string(exchange->query));
    heard.push_back({std::string(exchange->method), target, ""});
    whole.push_back(false);
    if (exchange->path.starts_with("/early")) return exchange->Reply({.status = 403, .body = "no"});
    if (exchange->path.starts_with("/stream"))
      return exchange->Stream(std::make_shared<Sink>(*this, exchange, heard.size() - 1), kLimit, kBodyTime);
    exchange->Collect(kLimit);
  }
  void OnBody(const std::shared_ptr<Exchange>& exchange) override {
    heard.back().body = exchange->body;
    whole.back() = true;
    if (exchange->path.starts_with("/later")) return asio::post(exchange->io(), [exchange] { exchange->Reply({.body = "later"}); });
    exchange->Reply({.body = "\"" + std::to_string(exchange->body.size()) + "\""});
  }
  void Decorate(const Exchange&, Response*) override {}
  void OnDone(const Exchange&) override { ++done; }
  Response Refusal(Exchange&, int status, std::string_view why) override {
    ++refused;
    return {.status = status, .body = std::string(why)};
  }

  std::deque<Request> heard;
  std::deque<bool> whole;
  int done = 0, refused = 0;
};

// ---- what the client reads

// `heads`: which of the requests were HEAD, so that the reply has no body.
void CheckReplies(std::string_view text, const Echo& echo, const std::vector<bool>& heads, bool cut) {
  std::size_t replies = 0;
  bool closed = false;
  while (!text.empty()) {
    Claim(!closed, "nothing follows a reply that closes", std::string(text));
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    const std::size_t status_at = text.find(' ');
    const bool interim = text.substr(status_at + 1).starts_with("100");
    const bool understood = replies < echo.heard.size();  // a head that could not be read is no HEAD
    if (!interim && understood && replies < heads.size() && heads[replies]) parser.skip(true);
    ErrorCode error;
    std::size_t used = parser.put(asio::buffer(text.data(), text.size()), error);
    if (interim) {
      const std::size_t end = text.find("\r\n\r\n");
      Claim(end != std::string_view::npos, "an interim reply ends", std::string(text));
      text.remove_prefix(end + 4);
      continue;
    }
    if (parser.need_eof() && !error) parser.put_eof(error), used = text.size();
    if (!parser.is_done()) {
      // Half a reply is fine when the client left, or when its chunks say that it is half.
      const bool unfinished = !error || error == http::error::need_more || error == http::error::partial_message;
      Claim(unfinished && (cut || parser.chunked()), "a reply is well-formed", std::string(text), error.message());
      return;
    }
    ++replies;
    closed = !parser.keep_alive();
    text.remove_prefix(used);
  }
  Claim(replies <= echo.heard.size() + static_cast<std::size_t>(echo.refused), "no reply without a request");
}

struct Room {
  std::atomic<bool> draining{false};
  Worker worker;
  Room() {
    worker.draining = &draining;
    worker.now = Exchange::Clock::now();
  }
  void Poll() {
    worker.io.restart();
    worker.io.poll();
  }
};

void Converse(std::string_view sent, std::size_t piece, bool half_close) {
  static auto* const room = new Room();
  Echo echo;
  room->worker.handler = &echo;
  int ends[2];
  Claim(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "there is a socket pair");
  tcp::socket socket(room->worker.io);
  socket.assign(tcp::v4(), ends[0]);
  bool closed = false;
  auto session = std::make_shared<Session>(Wire(std::move(socket), nullptr), room->worker, "192.0.2.1", [&](Session*) { closed = true; });
  session->Open();

  std::string answered;
  bool cut = false;
  const auto listen = [&] {
    char space[16 * 1024];
    for (ssize_t n; (n = recv(ends[1], space, sizeof space, 0)) > 0;) answered.append(space, static_cast<std::size_t>(n));
  };
  for (std::size_t at = 0; at < sent.size() && !closed; at += piece) {
    const std::string_view next = sent.substr(at, piece);
    if (send(ends[1], next.data(), next.size(), MSG_NOSIGNAL) < 0) break;
    room->Poll();
    listen();
  }
  if (half_close) shutdown(ends[1], SHUT_WR);
  for (int i = 0; i < 4; ++i) room->Poll(), listen();
  // Time passes: every wait has an end, so every session has one.
  for (int i = 0; i < 4 && !closed; ++i) {
    room->worker.now += std::chrono::seconds(90);
    session->Sweep();
    room->Poll();
    listen();
    cut = true;
  }
  Claim(closed, "every session ends");
  close(ends[1]);
  room->Poll();
  Claim(session.use_count() == 1, "nobody holds a closed session");
  session.reset();
  Claim(static_cast<std::size_t>(echo.done) >= echo.heard.size(), "every exchange is told that it is done");

  std::vector<bool> heads;
  for (std::string_view rest = sent; !rest.empty() && TakeRequest(rest, &heads);) {
  }
  CheckReplies(answered, echo, heads, cut || half_close);
  std::string_view rest = sent;
  for (std::size_t i = 0; i < echo.heard.size(); ++i) {
    const Request& first = echo.heard[i];
    const auto second = TakeRequest(rest, &heads);
    if (!second) {
      Claim(!echo.whole[i], "what the edge let through, the strict reader reads too", first.method + " " + first.target + " " + first.body,
            std::string(sent));
      break;
    }
    Claim((second->method == "HEAD" ? "GET" : second->method) == first.method, "both read the same method", first.method, second->method);
    if (second->target.starts_with('/') && !second->target.ends_with('?'))
      Claim(second->target == first.target, "both read the same target", first.target, second->target);
    if (echo.whole[i]) Claim(second->body == first.body, "both read the same body", first.body, second->body);
  }
}

}  // namespace
}  // namespace evenhand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2 || size > 60'000) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t kPieces[] = {60'000, 1, 2, 3, 5, 17, 64, 300};
  evenhand::fuzz::Converse(input.substr(2), kPieces[data[0] % 8], data[1] % 2 == 1);
  return 0;
}
