// One request and its reply. Everything here belongs to the session's thread; other threads post to `io()`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/asio.h"
#include "gateway/http/body.h"
#include "gateway/http/head.h"
#include "gateway/http/limits.h"
#include "gateway/http/pace.h"
#include "gateway/http/response.h"
#include "services/platform/auth/actor.h"

namespace evenhand::gateway {

struct Route;
class Session;

// Takes a body piece by piece.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void OnPiece(std::string piece) = 0;
  virtual void OnEnd() = 0;
};

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  using Clock = std::chrono::steady_clock;
  using Done = std::function<void(bool sent)>;

  explicit Exchange(Session* session);

  // ---- the request
  std::string_view method;  // "GET" for HEAD too
  std::string_view path, query;
  std::string client;  // the address that it came from
  std::string request_id;
  std::string traceparent;  // of this hop: the caller's trace id, or a new one
  std::string trace_id;
  bool traced_by_caller = false;
  Clock::time_point began;
  std::string body;  // collected

  std::string_view Header(std::string_view name) const { return head_.Field(name); }  // in any case
  std::string_view Header(http::field name) const { return Header(View(http::to_string(name))); }
  bool has_body() const { return !body_done_ || !body.empty(); }
  std::uint64_t announced_bytes() const { return head_.content_length.value_or(0); }

  // ---- what the gateway found out about it
  const Route* route = nullptr;
  std::vector<std::string_view> variables;  // of the route, as they stand in the path
  std::shared_ptr<const Actor> actor;
  std::string_view bearer;
  std::string_view template_text = "-";                         // for log and metrics, never the path itself
  std::optional<std::pair<std::uint32_t, std::uint32_t>> rate;  // requests left, seconds until counting starts anew
  bool cross_origin = false;                                    // a browser of an origin that may call
  std::uint64_t holds = 0;  // bytes kept for it outside of the session: counted with what the connection holds

  // ---- the reply: Reply once, or Start, Write…, End
  void Reply(Response response);
  void Start(Response head);
  void Write(std::string bytes, Done done);
  void End();
  void Abort();  // cuts the connection, so that nobody takes half a reply for the whole
  bool replied() const { return status_ != 0; }
  int status() const { return status_; }
  std::uint64_t sent_bytes() const { return sent_bytes_; }

  // ---- the body: collected up to a limit unless a sink is set in OnHead
  void Collect(std::uint64_t limit) { limit_ = limit; }
  void Stream(std::shared_ptr<BodySink> sink, std::uint64_t limit, Clock::duration time) {
    sink_ = std::move(sink), limit_ = limit, body_time_ = time;
  }
  void PauseBody();  // the time until it goes on is not the client's
  void ResumeBody();

  std::function<void()> on_gone;  // the client left before the reply was complete
  bool gone() const { return session_ == nullptr; }

  asio::io_context& io() const { return io_; }
  std::size_t worker() const { return worker_; }

 private:
  friend class Session;

  Session* session_;  // null once the client left or the reply is written
  asio::io_context& io_;
  const std::size_t worker_;
  std::string head_text_;  // what the views of `head_` and above look into
  Head head_;
  bool head_read_ = false;  // else it was refused, and nothing above holds
  BodyReader reader_;
  Pace pace_;  // of the body
  Clock::duration body_time_ = kBodyTime;
  Clock::time_point paused_at_;
  std::shared_ptr<BodySink> sink_;
  std::uint64_t limit_ = 0, received_ = 0, sent_bytes_ = 0;
  int status_ = 0;
  bool head_only_ = false, chunked_ = false;
  bool body_done_ = false, dispatched_ = false, paused_ = false, complete_ = false, close_ = false;
};

// What answers requests. One object for all threads; its calls come on the exchange's thread.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void OnHead(const std::shared_ptr<Exchange>& exchange) = 0;                  // reply, or choose how the body is taken
  virtual void OnBody(const std::shared_ptr<Exchange>& exchange) = 0;                  // collected
  virtual void Decorate(const Exchange& exchange, Response* response) = 0;             // headers of every reply
  virtual void OnDone(const Exchange& exchange) = 0;                                   // status 499: the client left
  virtual Response Refusal(Exchange& exchange, int status, std::string_view why) = 0;  // a request that could not be read
};

}  // namespace evenhand::gateway
