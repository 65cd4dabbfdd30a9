// bench-load: HTTP/1.1 requests over keep-alive connections, as many as the server answers (saturation) or at a fixed rate whether it
// keeps up or not (open loop: latency counts from when a request was due, so that a stall is not hidden). One thread, little of the CPU.
//
// In the open loop it stands for callers on other machines, whose clocks the server's scheduler can't hold up: it works in turns of 0.2 ms
// by the clock, ahead of every ordinary thread where the kernel lets it (SCHED_FIFO). What waits for a turn counts as latency, at both
// ends.
//
//   bench-load --port N --path /v1/contacts:check --token T --bodies FILE --connections 64 --seconds 5 [--rate R]
//
// FILE has a line a request: the outcome to expect (or "-"), a tab, the JSON body. Prints one JSON object.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds kTurn{200};

struct Options {
  int port = 0, connections = 64;
  double seconds = 5, warm_up = 1, rate = 0;
  std::string path = "/", token, bodies;
};

struct Request {
  std::string expect, bytes;
};

struct Connection {
  int fd = -1;
  bool busy = false;
  const Request* request = nullptr;
  Clock::time_point due;
  std::string in;
};

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "bench-load: %s\n", why.c_str());
  std::exit(1);
}

Options Read(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--port")
      options.port = std::stoi(value);
    else if (name == "--connections")
      options.connections = std::stoi(value);
    else if (name == "--seconds")
      options.seconds = std::stod(value);
    else if (name == "--warm-up")
      options.warm_up = std::stod(value);
    else if (name == "--rate")
      options.rate = std::stod(value);
    else if (name == "--path")
      options.path = value;
    else if (name == "--token")
      options.token = value;
    else if (name == "--bodies")
      options.bodies = value;
    else
      Die("unknown option " + name);
  }
  return options;
}

std::vector<Request> ReadBodies(const Options& options) {
  std::vector<Request> requests;
  std::ifstream file(options.bodies);
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    const std::string body = line.substr(tab + 1);
    std::string bytes = "POST " + options.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    if (!options.token.empty()) bytes += "Authorization: Bearer " + options.token + "\r\n";
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    requests.push_back({line.substr(0, tab), bytes});
  }
  if (requests.empty()) Die("no requests in " + options.bodies);
  return requests;
}

class Load {
 public:
  Load(const Options& options, const std::vector<Request>& requests) : options_(options), requests_(requests), epoll_(epoll_create1(0)) {}

  void Run() {
    connections_.resize(static_cast<std::size_t>(options_.connections));
    for (Connection& connection : connections_) Open(connection);
    if (options_.rate > 0) {
      const sched_param first{.sched_priority = 1};
      first_ = sched_setscheduler(0, SCHED_FIFO, &first) == 0;
      const auto expected = static_cast<std::size_t>(options_.rate * options_.seconds * 1.1);
      micros_.reserve(expected);  // growing would hold up the turns
      late_micros_.reserve(expected);
    }
    start_ = next_turn_ = Clock::now();
    measured_from_ = start_ + Seconds(options_.warm_up);
    end_ = measured_from_ + Seconds(options_.seconds);
    next_due_ = start_;
    while (Clock::now() < end_) {
      Issue();
      Wait();
    }
    Print();
  }

 private:
  static Clock::duration Seconds(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void Open(Connection& connection) {
    connection.fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Die("can't connect");
    const int on = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    idle_.push_back(&connection);
  }

  void Send(Connection& connection, Clock::time_point due) {
    connection.request = &requests_[next_++ % requests_.size()];
    connection.due = due;
    connection.busy = true;
    connection.in.clear();
    if (options_.rate > 0 && due >= measured_from_) late_micros_.push_back(Micros(Clock::now() - due));
    const std::string& bytes = connection.request->bytes;
    if (send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) Die("a request can't be sent");
  }

  void Issue() {
    const auto now = Clock::now();
    if (options_.rate == 0) {
      while (!idle_.empty()) {
        Connection* connection = idle_.back();
        idle_.pop_back();
        Send(*connection, now);
      }
      return;
    }
    while (next_due_ <= now) {
      due_.push_back(next_due_);
      // Callers do not agree among themselves: gaps are exponential (Poisson arrivals).
      next_due_ += Seconds(gap_(random_) / options_.rate);
    }
    while (!due_.empty() && !idle_.empty()) {
      Connection* connection = idle_.back();
      idle_.pop_back();
      Send(*connection, due_.front());
      due_.pop_front();
    }
  }

  // The next turn: by the clock, else when something has arrived.
  void Wait() {
    epoll_event events[256];
    timespec longest{0, 1'000'000};
    if (options_.rate > 0) {
      next_turn_ = std::max(next_turn_ + kTurn, Clock::now());
      const auto at = std::chrono::duration_cast<std::chrono::nanoseconds>(next_turn_.time_since_epoch()).count();
      const timespec then{at / 1'000'000'000, at % 1'000'000'000};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, nullptr);
      longest.tv_nsec = 0;
    }
    const int count = epoll_pwait2(epoll_, events, 256, &longest, nullptr);
    for (int i = 0; i < count; ++i) Receive(*static_cast<Connection*>(events[i].data.ptr));
  }

  void Receive(Connection& connection) {
    char buffer[16384];
    const ssize_t got = recv(connection.fd, buffer, sizeof(buffer), 0);
    if (got <= 0) Die("the server closed a connection");
    if (!connection.busy) Die("bytes that nobody asked for");
    connection.in.append(buffer, static_cast<std::size_t>(got));
    const auto head = connection.in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    auto length = connection.in.find("Content-Length: ");
    if (length == std::string::npos || length > head) length = connection.in.find("content-length: ");
    if (length == std::string::npos || length > head) Die("a reply without Content-Length");
    const std::size_t size = std::strtoul(connection.in.c_str() + length + 16, nullptr, 10);
    if (connection.in.size() < head + 4 + size) return;
    Count(connection, std::string_view(connection.in).substr(head + 4, size));
    connection.busy = false;
    idle_.push_back(&connection);
  }

  void Count(const Connection& connection, std::string_view body) {
    const auto now = Clock::now();
    if (connection.due < measured_from_) return;
    const bool ok = connection.in.compare(9, 3, "200") == 0;
    if (!ok) ++errors_;
    if (ok && connection.request->expect != "-" && body.find(connection.request->expect) == std::string_view::npos) ++wrong_;
    ++answered_;
    last_ = now;
    micros_.push_back(Micros(now - connection.due));
  }

  static std::uint32_t Micros(Clock::duration took) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  }

  static double Percentile(std::vector<std::uint32_t>& micros, double share) {
    if (micros.empty()) return 0;
    const auto place = std::min(micros.size() - 1, static_cast<std::size_t>(share * static_cast<double>(micros.size())));
    std::nth_element(micros.begin(), micros.begin() + static_cast<std::ptrdiff_t>(place), micros.end());
    return micros[place];
  }

  void Print() {
    const double took = std::chrono::duration<double>(last_ - measured_from_).count();
    std::printf("{\"answered\":%zu,\"errors\":%zu,\"wrong\":%zu,\"per_second\":%.0f,", answered_, errors_, wrong_,
                static_cast<double>(answered_) / took);
    if (options_.rate > 0)  // what of the latency is the generator's own: how long after it was due a request left
      std::printf("\"asked_per_second\":%.0f,\"late\":%zu,\"ahead_of_all\":%s,\"left_after_p99_us\":%.0f,", options_.rate, due_.size(),
                  first_ ? "true" : "false", Percentile(late_micros_, .99));
    std::printf("\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f}\n", Percentile(micros_, .5),
                Percentile(micros_, .9), Percentile(micros_, .99), Percentile(micros_, .999), Percentile(micros_, 1));
  }

  const Options& options_;
  const std::vector<Request>& requests_;
  int epoll_;
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;
  std::deque<Clock::time_point> due_;
  std::size_t next_ = 0, answered_ = 0, errors_ = 0, wrong_ = 0;
  Clock::time_point start_, measured_from_, end_, next_due_, next_turn_, last_;
  std::vector<std::uint32_t> micros_, late_micros_;
  bool first_ = false;  // before all ordinary threads
  std::mt19937_64 random_{7};
  std::exponential_distribution<double> gap_{1.0};
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = Read(argc, argv);
  const std::vector<Request> requests = ReadBodies(options);
  Load(options, requests).Run();
}
