#include "services/incident/vault/virus_scan.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace evenhand::incident {
namespace {

constexpr int kSecondsToAnswer = 30;  // clamd scans 100 MiB in a few seconds

void LimitWaiting(int socket) {
  const timeval limit{kSecondsToAnswer, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

int ConnectUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  LimitWaiting(made);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  ::close(made);
  return -1;
}

int ConnectTcp(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return -1;
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0) return -1;
  int connected = -1;
  for (const addrinfo* at = found; at != nullptr && connected < 0; at = at->ai_next) {
    const int made = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    LimitWaiting(made);
    if (::connect(made, at->ai_addr, at->ai_addrlen) == 0)
      connected = made;
    else
      ::close(made);
  }
  freeaddrinfo(found);
  return connected;
}

}  // namespace

VirusScan::VirusScan(const std::string& address) {
  constexpr std::string_view kUnix = "unix:";
  socket_ = address.starts_with(kUnix) ? ConnectUnix(address.substr(kUnix.size())) : ConnectTcp(address);
  Send(std::string_view("zINSTREAM\0", 10));
}

VirusScan::~VirusScan() {
  if (socket_ >= 0) ::close(socket_);
}

bool VirusScan::Send(std::string_view bytes) {
  while (socket_ >= 0 && !bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      ::close(socket_);
      socket_ = -1;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return socket_ >= 0;
}

void VirusScan::Feed(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::uint32_t size = htonl(static_cast<std::uint32_t>(bytes.size()));
  if (Send({reinterpret_cast<const char*>(&size), sizeof size})) Send(bytes);
}

ScanResult VirusScan::Finish() {
  const std::uint32_t end = 0;
  if (!Send({reinterpret_cast<const char*>(&end), sizeof end})) return {};
  std::string answer;
  char piece[512];
  for (ssize_t got = 0; answer.size() < 4096 && (got = ::recv(socket_, piece, sizeof piece, 0)) > 0;) {
    answer.append(piece, static_cast<std::size_t>(got));
    if (answer.find('\0') != std::string::npos) break;
  }
  if (const std::size_t nul = answer.find('\0'); nul != std::string::npos) answer.resize(nul);
  if (answer.ends_with(" OK")) return {ScanResult::Verdict::kClean, ""};
  if (!answer.ends_with(" FOUND")) return {};
  const std::size_t colon = answer.find(": ");
  const std::size_t start = colon == std::string::npos ? 0 : colon + 2;
  return {ScanResult::Verdict::kInfected, answer.substr(start, answer.size() - start - 6)};
}

}  // namespace evenhand::incident
