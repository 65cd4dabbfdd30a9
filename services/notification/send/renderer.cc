#include "services/notification/send/renderer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <absl/cleanup/cleanup.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "services/platform/base/uuid.h"

namespace evenhand::notification {
namespace {

constexpr absl::Duration kLongestRun = absl::Seconds(60);
constexpr absl::Duration kPatienceAtScreens = absl::Seconds(5);

// Gone at the end of the scope: the request names a person.
struct Scratch {
  std::string path;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

absl::Status Wait(pid_t pid) {
  const absl::Time end = absl::Now() + kLongestRun;
  int status = 0;
  for (absl::Duration pause = absl::Milliseconds(5);; pause = std::min(pause * 2, absl::Milliseconds(50))) {
    const pid_t done = waitpid(pid, &status, WNOHANG);
    if (done == pid) break;
    if (done < 0) return absl::UnavailableError("the renderer was lost");
    if (absl::Now() > end) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      return absl::DeadlineExceededError("the renderer took too long");
    }
    absl::SleepFor(pause);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the renderer failed, status ", status));
}

}  // namespace

Renderer::Renderer(std::string python, std::string folder, std::string scratch)
    : python_(std::move(python)), folder_(std::move(folder)), scratch_(std::move(scratch)) {
  std::error_code ignored;
  std::filesystem::create_directories(scratch_, ignored);
  std::filesystem::permissions(scratch_, std::filesystem::perms::owner_all, ignored);
}

absl::StatusOr<std::string> Renderer::RenderNow(const std::string& mode, const std::string& request) const {
  const absl::Status busy = absl::UnavailableError("too many letters are being looked at");
  if (!screens_.try_acquire()) return busy;
  const absl::Cleanup leave = [this] { screens_.release(); };
  if (!screen_turns_.try_acquire_for(absl::ToChronoMilliseconds(kPatienceAtScreens))) return busy;
  const absl::Cleanup next = [this] { screen_turns_.release(); };
  return Render(mode, request);
}

absl::StatusOr<std::string> Renderer::Render(const std::string& mode, const std::string& request) const {
  if (!turns_.try_acquire_for(absl::ToChronoMilliseconds(kLongestRun))) return absl::UnavailableError("too many letters are being set");
  const absl::Cleanup next = [this] { turns_.release(); };
  return Set(mode, request);
}

absl::StatusOr<std::string> Renderer::Set(const std::string& mode, const std::string& request) const {
  const std::string base = scratch_ + "/" + NewUuid();
  const Scratch in{base + ".json"}, out{base + ".out"};
  {
    std::ofstream file(in.path, std::ios::binary);
    file << request;
    if (!file.flush()) return absl::UnavailableError("the scratch folder can't be written");
  }
  const std::string script = folder_ + "/render.py";
  const char* arguments[] = {python_.c_str(), script.c_str(), mode.c_str(), in.path.c_str(), out.path.c_str(), nullptr};
  // Only what it needs: no secrets of ours in its environment.
  const char* environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent", "PYTHONDONTWRITEBYTECODE=1", nullptr};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  // Its warnings are no log lines of ours.
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, python_.c_str(), &files, &attributes, const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return absl::UnavailableError("the renderer can't be started");
  if (absl::Status status = Wait(pid); !status.ok()) return status;
  return Read(out.path);
}

}  // namespace evenhand::notification
