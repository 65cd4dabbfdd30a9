// Real peers beside a stack: a mail server and a receiver of webhooks, each with moods, each a process of its own.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/functional/harness.h"

namespace evenhand::testing {

// A process that ends with its scope.
class Peer {
 public:
  Peer() = default;
  explicit Peer(std::vector<std::string> words, int port) : port_(port) {
    pid_ = fork();
    if (pid_ == 0) {
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      execvp(arguments[0], arguments.data());
      _exit(127);
    }
    for (int i = 0; i < 100 && !Answers(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  Peer(const Peer&) = delete;
  ~Peer() { Stop(); }

  void Stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  int port() const { return port_; }

 private:
  bool Answers() const {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool answers = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return answers;
  }

  int port_ = 0;
  pid_t pid_ = 0;
};

// A folder that ends with its scope.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/evenhand-peers-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

inline std::vector<Json> LinesOf(const std::string& path) {
  std::vector<Json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
  return lines;
}

inline void Write(const std::string& path, const Json& json) {
  std::ofstream(path + ".part") << json.dump();
  std::filesystem::rename(path + ".part", path);
}

}  // namespace evenhand::testing
