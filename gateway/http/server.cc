#include "gateway/http/server.h"

#include <absl/strings/numbers.h>
#include <absl/time/clock.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <unistd.h>

#include <cstdlib>

#include "services/platform/obs/log.h"
#include "services/platform/rpc/turns.h"

namespace evenhand::gateway {
namespace {

constexpr std::chrono::milliseconds kSweepEvery{250};
constexpr std::chrono::milliseconds kQuiet{100};     // longer than a client needs to connect again
constexpr std::chrono::milliseconds kHandshake{50};  // for a connection that has just begun to reach the queue
constexpr std::chrono::milliseconds kTellEvery{10'000};
constexpr int kBacklog = 4096;

std::int64_t NowMs() { return absl::GetCurrentTimeNanos() / 1'000'000; }

void SetReusePort(tcp::acceptor& acceptor) {
  const int on = 1;
  if (setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
    throw std::runtime_error("SO_REUSEPORT is not there");
}

// Lets no new connection begin, while those that have begun are still taken: a listening socket that is closed resets whoever waits in
// its queue, and their request would be lost. Who is not let in tries again a second later, by then perhaps at our successor.
void DropNewcomers(tcp::acceptor& acceptor) {
  sock_filter program[] = {
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 13},     // the flags of the TCP header
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x12},  // SYN and ACK
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x02},  // SYN alone
      {BPF_RET | BPF_K, 0, 0, 0},               // is dropped
      {BPF_RET | BPF_K, 0, 0, 0xffffffff},
  };
  const sock_fprog filter{std::size(program), program};
  setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

}  // namespace

// A worker's listening socket and the connections that came by it.
struct Server::Port {
  explicit Port(Worker& w) : worker(w), acceptor(w.io), timer(w.io) {}

  Worker& worker;
  tcp::acceptor acceptor;
  asio::steady_timer timer;
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions;  // until they close; nothing else may keep one that waits
  std::atomic<std::size_t> connections{0};                          // those, and those that are on their way to this worker
};

Server::Server(ServerOptions options)
    : options_(std::move(options)),
      proxies_(options_.trusted_proxies),
      budget_(options_.budget),
      clients_(options_.max_connections_per_client),
      tls_(options_.certificate, options_.key) {
  tcp::endpoint endpoint(asio::ip::make_address(options_.host), options_.port);
  for (std::size_t i = 0; i < options_.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    workers_[i]->index = i;
    workers_[i]->draining = &draining_;
    workers_[i]->now = Exchange::Clock::now();
    workers_[i]->budget = &budget_;
    workers_[i]->clients = &clients_;
    workers_[i]->proxies = &proxies_;
    ports_.push_back(std::make_unique<Port>(*workers_[i]));
    tcp::acceptor& acceptor = ports_[i]->acceptor;
    if (Inherit(acceptor)) {
      endpoint = acceptor.local_endpoint();
      continue;
    }
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    SetReusePort(acceptor);
    acceptor.bind(endpoint);
    acceptor.listen(kBacklog);
    acceptor.non_blocking(true);
    endpoint.port(acceptor.local_endpoint().port());
  }
  port_ = endpoint.port();
}

// Every worker accepts from the one socket: whoever comes first.
bool Server::Inherit(tcp::acceptor& acceptor) {
  constexpr int kFirstHandedOver = 3;  // SD_LISTEN_FDS_START
  const char* const pid = std::getenv("LISTEN_PID");
  const char* const count = std::getenv("LISTEN_FDS");
  int owner = 0, sockets = 0;
  if (pid == nullptr || count == nullptr || !absl::SimpleAtoi(pid, &owner) || !absl::SimpleAtoi(count, &sockets)) return false;
  if (owner != getpid() || sockets < 1) return false;
  const int socket = fcntl(kFirstHandedOver, F_DUPFD_CLOEXEC, kFirstHandedOver + 1);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (socket < 0 || getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("LISTEN_FDS promises a socket that is not there");
  acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), socket);
  acceptor.non_blocking(true);
  inherited_ = true;
  return true;
}

Server::~Server() { Stop(); }

void Server::Stop() {
  for (auto& worker : workers_) worker->io.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Server::Start(Handler& handler, std::function<void(Worker&)> on_sweep, std::function<void(int)> on_count) {
  on_sweep_ = std::move(on_sweep);
  on_count_ = std::move(on_count);
  for (auto& port : ports_) {
    port->worker.handler = &handler;
    Accept(*port);
    Sweep(*port);
    threads_.emplace_back([&worker = port->worker, stay = options_.one_a_processor] {
      if (stay) StayOnNthProcessor(worker.index);
      TakeTurns();
      worker.io.run();
    });
  }
}

void Server::Accept(Port& port) {
  port.acceptor.async_accept([this, &port](ErrorCode error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || !port.acceptor.is_open()) return;
    if (!error) {
      Admit(port, std::move(socket));
      return Accept(port);
    }
    // Out of file descriptors, most likely: a moment later some are free.
    if (NowMs() - accept_told_ms_ > kTellEvery.count()) {
      accept_told_ms_ = NowMs();
      Log(Level::kWarning, "accept_failed", {{"error", error.message()}});
    }
    auto pause = std::make_shared<asio::steady_timer>(port.worker.io, std::chrono::milliseconds(50));
    pause->async_wait([this, &port, pause](ErrorCode) { Accept(port); });
  });
}

// A trusted proxy's connections are those of many clients: they are counted request by request (session.cc).
bool Server::CountIn(const std::string& client) {
  if (connections_.fetch_add(1) < options_.max_connections && (proxies_.Trusts(client) || clients_.In(client))) return true;
  connections_.fetch_sub(1);
  return false;
}

void Server::CountOut(const std::string& client) {
  connections_.fetch_sub(1);
  if (!proxies_.Trusts(client)) clients_.Out(client);
}

void Server::Admit(Port& port, tcp::socket socket) {
  last_accept_ms_.store(NowMs(), std::memory_order_relaxed);
  ErrorCode error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;
  const std::string client = peer.address().to_string();
  if (!CountIn(client)) {
    constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    socket.non_blocking(true, error);
    socket.write_some(asio::buffer(kFull), error);
    return;
  }
  socket.non_blocking(true, error);
  socket.set_option(tcp::no_delay(true), error);
  Port& least = Least(port);
  least.connections.fetch_add(1);
  if (&least == &port) return Begin(port, std::move(socket), client);
  const int handed_over = socket.release(error);
  asio::post(least.worker.io, [this, &least, client, handed_over, protocol = peer.protocol()] {
    tcp::socket taken(least.worker.io);
    taken.assign(protocol, handed_over);
    Begin(least, std::move(taken), client);
  });
}

// The kernel spreads connections by a hash, and few of them fall unevenly: then one worker's callers wait while another's rest.
Server::Port& Server::Least(Port& mine) {
  Port* least = &mine;
  for (const auto& port : ports_)
    if (port->connections < least->connections) least = port.get();
  return *least;
}

void Server::Begin(Port& port, tcp::socket socket, const std::string& client) {
  auto session = std::make_shared<Session>(Wire(std::move(socket), tls_.Current()), port.worker, client, [this, &port](Session* closed) {
    port.sessions.erase(closed);
    port.connections.fetch_sub(1);
    CountOut(closed->client());
    on_count_(-1);
  });
  port.sessions.emplace(session.get(), session);
  on_count_(+1);
  session->Open();
}

void Server::StopAccepting(Port& port) {
  ErrorCode error;
  while (!inherited_) {  // who is already in a queue that ends with us would be reset
    tcp::socket socket(port.worker.io);
    port.acceptor.accept(socket, error);
    if (error) break;
    Admit(port, std::move(socket));
  }
  port.acceptor.close(error);
}

void Server::Sweep(Port& port) {
  port.worker.now = Exchange::Clock::now();
  if (port.worker.index == 0) tls_.Reload();
  std::vector<std::shared_ptr<Session>> all;
  for (const auto& [key, session] : port.sessions) all.push_back(session);
  for (const auto& session : all) session->Sweep();
  on_sweep_(port.worker);
  port.timer.expires_after(kSweepEvery);
  port.timer.async_wait([this, &port](ErrorCode error) {
    if (!error) Sweep(port);
  });
}

void Server::Drain(std::chrono::milliseconds settle, std::chrono::milliseconds grace) {
  const std::int64_t began = NowMs();
  draining_ = true;
  // A client that was told to close connects again, perhaps here: it is served until the load balancer sends nobody any more. Where
  // nobody is, nobody is waited for.
  const auto idle = [&] { return connections_ == 0 && NowMs() - std::max(began, last_accept_ms_.load()) >= kQuiet.count(); };
  while (!idle() && NowMs() - began < settle.count()) absl::SleepFor(absl::Milliseconds(10));
  if (!inherited_) {  // else who comes now waits in the queue for our successor
    for (auto& port : ports_) asio::post(port->worker.io, [port = port.get()] { DropNewcomers(port->acceptor); });
    absl::SleepFor(absl::FromChrono(kHandshake));
  }
  for (auto& port : ports_) asio::post(port->worker.io, [this, port = port.get()] { StopAccepting(*port); });
  while (connections_ > 0 && NowMs() - began < grace.count()) absl::SleepFor(absl::Milliseconds(10));
}

}  // namespace evenhand::gateway
