// One connection: reads requests one after the other, lets the handler answer, keeps every deadline. All on one thread.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>

#include "gateway/http/budget.h"
#include "gateway/http/clients.h"
#include "gateway/http/exchange.h"
#include "gateway/http/limits.h"
#include "gateway/http/wire.h"

namespace evenhand::gateway {

// The thread that sessions live on.
struct Worker {
  asio::io_context io{1};
  std::size_t index = 0;
  Handler* handler = nullptr;
  const std::atomic<bool>* draining = nullptr;
  // Of all workers together; null: none.
  Budget* budget = nullptr;
  ClientCounts* clients = nullptr;
  const TrustedProxies* proxies = nullptr;
  Exchange::Clock::time_point now;  // coarse: moved on by the sweep
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Wire wire, Worker& worker, std::string client, std::function<void(Session*)> on_closed);
  void Open();
  void Close();
  void Sweep();  // ends what has waited too long
  bool idle() const { return exchange_ == nullptr && in_.empty(); }
  Worker& worker() { return worker_; }
  const std::string& client() const { return client_; }

  // For Exchange.
  void Reply(Exchange& exchange, Response response);
  void Start(Exchange& exchange, Response head);
  void Send(std::string bytes, Exchange::Done done);
  void Complete(Exchange& exchange);
  void Advance();

 private:
  enum class Progress { kMore, kWait };

  Progress Step();
  Progress TakeHead();
  Progress TakeBody();
  void MeetHead();
  void Refuse(int status, std::string_view why);
  bool Account();  // of what it holds; false: there was no room, and it has said so
  void CountOut();
  void Read();
  void OnRead(ErrorCode error, std::size_t bytes);
  void Flush();
  void Finish();
  void Linger();
  bool MustClose(const Exchange& exchange) const;

  Wire wire_;
  Worker& worker_;
  const std::string client_;
  std::function<void(Session*)> on_closed_;
  std::shared_ptr<Exchange> exchange_;

  std::string in_;           // read, not yet parsed
  std::size_t scanned_ = 0;  // of in_, without an end of head
  bool empty_line_ = false;  // one has come before the request
  std::array<char, kReadBytes> space_;
  struct Out {
    std::string bytes;
    std::size_t sent;
    Exchange::Done done;
  };
  std::deque<Out> out_;
  std::size_t out_bytes_ = 0;

  const bool proxied_;   // the client is whom a trusted proxy names, request by request
  std::string counted_;  // the client whose slow request this connection carries
  Held held_;
  bool open_ = true, reading_ = false, writing_ = false, flushing_ = false, advancing_ = false, lingering_ = false, ended_ = false;
  bool stalled_ = false;                                 // what is said waits for the client to read
  Exchange::Clock::time_point idle_since_, head_began_;  // the first byte of a head, or of lingering
  Exchange::Clock::time_point lingered_;                 // the last byte while it lingers
  Pace reply_pace_;
};

}  // namespace evenhand::gateway
