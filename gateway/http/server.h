// The REST port: a thread and an io_context a core, each with its own listening socket (SO_REUSEPORT) and as many connections as the
// others, caps on connections, TLS with certificates that are read again when they change, and a drain that loses nobody's request. A
// socket that systemd hands over (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS) is taken in place of one of our own: then a restart turns
// nobody away.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "gateway/http/session.h"
#include "gateway/http/tls.h"

namespace evenhand::gateway {

struct ServerOptions {
  std::string host;
  std::uint16_t port = 0;  // 0: any; see Server::port()
  std::size_t threads = 1;
  bool one_a_processor = false;  // each thread stays on a processor of its own
  std::size_t max_connections = 10'000;
  std::size_t max_connections_per_client = 5'000;
  std::string certificate, key;  // files; empty: plain HTTP
  std::string trusted_proxies;   // addresses and networks, comma between
  std::uint64_t budget = 64 * 1024 * 1024;
};

class Server {
 public:
  // Throws when the port is taken or the certificate can't be read.
  explicit Server(ServerOptions options);
  ~Server();

  std::vector<std::unique_ptr<Worker>>& workers() { return workers_; }
  std::uint16_t port() const { return port_; }
  const std::atomic<bool>& draining() const { return draining_; }
  const Budget& budget() const { return budget_; }

  // `on_sweep` runs on each worker's thread a few times a second; `on_count` hears of connections that come (+1) and go (-1).
  void Start(Handler& handler, std::function<void(Worker&)> on_sweep, std::function<void(int)> on_count);

  // From now on replies say `Connection: close`. Accepts for `settle`, unless nobody is there, then waits until
  // the last connection is gone or `grace` is over.
  void Drain(std::chrono::milliseconds settle, std::chrono::milliseconds grace);

  // At once: when this returns, no handler runs any more.
  void Stop();

 private:
  struct Port;

  void Accept(Port& port);
  void Admit(Port& port, tcp::socket socket);
  Port& Least(Port& mine);                                                // the worker with the fewest connections
  void Begin(Port& port, tcp::socket socket, const std::string& client);  // on its worker's thread
  void Sweep(Port& port);
  bool Inherit(tcp::acceptor& acceptor);
  void StopAccepting(Port& port);
  bool CountIn(const std::string& client);
  void CountOut(const std::string& client);

  const ServerOptions options_;
  const TrustedProxies proxies_;
  Budget budget_;
  ClientCounts clients_;
  std::uint16_t port_ = 0;
  bool inherited_ = false;  // the listening socket is the service manager's: it outlives us
  TlsContext tls_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<std::thread> threads_;
  std::function<void(Worker&)> on_sweep_;
  std::function<void(int)> on_count_;
  std::atomic<bool> draining_{false};
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::int64_t> last_accept_ms_{0}, accept_told_ms_{0};
};

}  // namespace evenhand::gateway
