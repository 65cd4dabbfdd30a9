// A second restriction-service, with a gateway of its own, on the PostgreSQL of a stack: two replicas that must agree.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/functional/harness.h"

namespace evenhand::testing {

class Replica {
 public:
  explicit Replica(Stack& stack) : stack_(stack) {
    folder_ = stack.data_dir() + "/replica";
    const std::string socket = folder_ + ".sock";
    service_ = StartLike("restriction-service", {{"EVENHAND_LISTEN", "unix:" + socket}});
    const bool listening = Eventually([&] { return std::filesystem::exists(socket); }, 20);
    port_ = UnusedPort();
    gateway_ =
        StartLike("gateway", {{"EVENHAND_LISTEN", "127.0.0.1:" + std::to_string(port_)}, {"EVENHAND_RESTRICTION", "unix:" + socket}});
    ready_ = listening && Eventually([&] { return Client(port_, "").Get("/readyz").status == 200; }, 20);
  }
  ~Replica() {
    for (const pid_t pid : {gateway_, service_}) {
      if (pid <= 0) continue;
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
  Replica(const Replica&) = delete;

  bool ready() const { return ready_; }
  Client As(const std::string& roles, const std::string& areas = "Housing") { return Client(port_, stack_.As(roles, areas).token()); }
  void StopService() { kill(service_, SIGSTOP); }
  void ContinueService() { kill(service_, SIGCONT); }

 private:
  // The program and the environment of the stack's own process, but for what makes it another one.
  pid_t StartLike(const std::string& process, std::map<std::string, std::string> changed) {
    const std::string proc = "/proc/" + std::to_string(stack_.Pid(process));
    const std::string program = std::filesystem::read_symlink(proc + "/exe");
    std::filesystem::create_directories(folder_ + "/" + process);
    changed["EVENHAND_STATE_DIR"] = folder_ + "/" + process;
    changed["EVENHAND_METRICS_LISTEN"] = "127.0.0.1:0";
    std::vector<std::string> kept;
    std::ifstream environ(proc + "/environ");
    for (std::string entry; std::getline(environ, entry, '\0');)
      if (!changed.contains(entry.substr(0, entry.find('=')))) kept.push_back(entry);
    for (const auto& [name, value] : changed) kept.push_back(name + "=" + value);
    std::vector<char*> words;
    for (std::string& entry : kept) words.push_back(entry.data());
    words.push_back(nullptr);
    const std::string log = folder_ + "/" + process + ".log";
    const pid_t pid = fork();
    if (pid == 0) {
      const int fd = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
      dup2(fd, 1);
      dup2(fd, 2);
      char* const arguments[] = {const_cast<char*>(program.c_str()), nullptr};
      execve(program.c_str(), arguments, words.data());
      _exit(127);
    }
    return pid;
  }

  Stack& stack_;
  std::string folder_;
  pid_t service_ = 0, gateway_ = 0;
  int port_ = 0;
  bool ready_ = false;
};

}  // namespace evenhand::testing
