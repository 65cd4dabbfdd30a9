// A stack through tools/evenhand, as a newcomer would start it.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/functional/harness.h"

namespace evenhand::testing {

int UnusedPort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

namespace {

// The sample feed's seven, and those that only stories name.
constexpr char kAreas[] =
    "Communications,Customer Services,Education,Environment,Housing,Revenues,Social Work,Libraries,Parks,Planning,Alva Academy,Lornshill "
    "Academy,Repairs";

std::string Quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Stack::Stack(Environment environment) : environment_(std::move(environment)) {
  environment_.emplace("EVENHAND_SERVICE_AREAS", kAreas);
  MakeRoom();
  Start();
}

Stack::Stack(const From& from) {
  environment_.emplace("EVENHAND_SERVICE_AREAS", kAreas);
  MakeRoom();
  Tool({"restore", from.backup});
  Start();
}

void Stack::MakeRoom() {
  char name[] = "/tmp/evenhand-test-XXXXXX";
  if (mkdtemp(name) == nullptr) throw std::runtime_error("no temporary directory");
  chmod(name, 0755);  // the private PostgreSQL may run as another user
  data_dir_ = name;
  port_ = UnusedPort();
}

Stack::~Stack() {
  Stop();
  std::error_code ignored;
  std::filesystem::remove_all(data_dir_, ignored);
}

Stack& Stack::Shared() {
  static Stack stack;
  return stack;
}

void Stack::Start() {
  std::string output;
  if (Run({"up", "--detach", "--port", std::to_string(port_)}, &output) != 0) throw std::runtime_error("evenhand up failed: " + output);
}

void Stack::Stop() {
  std::string output;
  Run({"down"}, &output);
}

void Stack::Restart(const Environment& changed) {
  Stop();
  for (const auto& [name, value] : changed) environment_[name] = value;
  Start();
}

int Stack::Run(const std::vector<std::string>& words, std::string* output) const {
  std::string line = "EVENHAND_SKIP_SETUP=1 ";  // the tests run after setup; see tools/evenhand
  for (const auto& [name, value] : environment_) line += name + "=" + Quoted(value) + " ";
  line += "tools/evenhand";
  for (const std::string& word : words) line += " " + Quoted(word);
  line += " --data-dir " + Quoted(data_dir_) + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output->append(buffer, n);
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

std::string Stack::Tool(const std::vector<std::string>& words) const {
  std::string output;
  EXPECT_EQ(Run(words, &output), 0) << "evenhand " << words[0] << ": " << output;
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

Client Stack::As(const std::string& roles, const std::string& areas, const std::string& sub) { return ActingFor("", roles, areas, sub); }

Client Stack::ActingFor(const std::string& system, const std::string& roles, const std::string& areas, const std::string& sub) {
  std::string& token = tokens_[system + "|" + roles + "|" + areas + "|" + sub];
  if (token.empty()) {
    std::vector<std::string> words{"token", "--sub", sub.empty() ? "u-" + roles : sub, "--roles", roles, "--service-areas", areas};
    if (!system.empty()) words.insert(words.end(), {"--act", system});
    const std::string output = Tool(words);
    token = output.substr(output.find_last_of(" \n") + 1);
  }
  return Client(port_, token);
}

int Stack::Pid(const std::string& process) const {
  const Json status = Json::parse(Tool({"status", "--output", "json"}));
  for (const Json& row : status.at("processes"))
    if (row.at("name") == process) return row.value("pid", 0);
  return 0;
}

void Stack::Signal(const std::string& process, int signal) const {
  const int pid = Pid(process);
  ASSERT_GT(pid, 1) << process << " is not running";
  kill(pid, signal);
}

bool Stack::Ready(int seconds) const {
  const auto all_serve = [&] {
    const Reply ready = Anonymous().Get("/readyz");
    return ready.status == 200 && ready.body.find("NOT_SERVING") == std::string::npos;
  };
  return Eventually(all_serve, seconds);
}

std::string Stack::Sql(const std::string& statement) const { return Tool({"sql", statement}); }

}  // namespace evenhand::testing
