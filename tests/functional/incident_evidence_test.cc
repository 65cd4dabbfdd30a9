// Evidence through the REST door: streamed both ways, opened on purpose, scanned by a real clamd where there is one.
#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/functional/harness.h"
#include "tests/functional/portal.h"

namespace evenhand::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = 100U << 20;  // evidence-max-mib's default
constexpr long kMostGrownKiB = 48 * 1024;     // buffers on the way; a file held whole would be twice that at least

// The kernel's own figure of a process, in KiB: "VmRSS" now, "VmHWM" the most since Forget().
long Memory(int pid, const std::string& figure) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(figure, 0) == 0) return std::stol(line.substr(figure.size() + 1));
  return -1;
}
void Forget(int pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5"; }

std::vector<std::string> FilesOf(Stack& stack) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(stack.data_dir() + "/state/incident/evidence", ignored))
    names.push_back(entry.path().filename());
  return names;
}

// Uploads wait at the edge in files without a name, until they are whole.
int Waiting(Stack& stack) {
  int open = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(stack.Pid("gateway")) + "/fd", ignored))
    if (fs::read_symlink(entry.path(), ignored).string().find("/spool-") != std::string::npos) ++open;
  return open;
}

const std::string kText = "What was said, word for word.\n";

Reply Upload(Stack& stack, const std::string& incident, const std::string& content, const std::string& name, bool distressing = false) {
  return stack.As("employee", "Housing", "E1001")
      .Stream("/v1/incidents/" + incident + "/evidence", content, "text/plain",
              {{"X-Evidence-Name", name}, {"X-Evidence-Distressing", distressing ? "true" : "false"}});
}

std::string Recorded(Stack& stack) { return stack.As("employee", "Housing", "E1001").Post("/v1/incidents", AnIncident()).id(); }

Reply Open(Stack& stack, const std::string& incident, const std::string& evidence, const Headers& headers = {}) {
  return stack.As("team_leader").Get("/v1/incidents/" + incident + "/evidence/" + evidence + ":content", headers);
}

TEST(EvidenceFiles, Clause12_3_ADistressingFileOpensOnlyWithTheAcknowledgement) {
  Stack& stack = Stack::Shared();
  const std::string incident = Recorded(stack);
  const Reply made = Upload(stack, incident, kText, "note.txt", true);
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made.json["name"], "DISTRESSING note.txt");
  EXPECT_EQ(made.json["state"], "UNSCANNED");
  EXPECT_THAT(Open(stack, incident, made.id()), Refused(428, "12.3"));
  const Reply opened = Open(stack, incident, made.id(), {{"X-Acknowledge-Distressing", "true"}});
  EXPECT_EQ(opened.body, kText);
  EXPECT_THAT(stack.As("employee", "Housing", "E1999").Get("/v1/incidents/" + incident + "/evidence/" + made.id() + ":content"),
              Refused(403, "12.4"));
}

TEST(EvidenceFiles, ManyMebibytesComeBackByteForByteAndTheSameFileIsOne) {
  Stack& stack = Stack::Shared();
  const std::string incident = Recorded(stack);
  std::string content;
  while (content.size() < (24U << 20)) content += "Line " + std::to_string(content.size()) + " of a long log.\n";
  const Reply made = Upload(stack, incident, content, "log.txt");
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(Open(stack, incident, made.id()).body, content);
  EXPECT_EQ(Upload(stack, incident, content, "log.txt").id(), made.id());
  EXPECT_EQ(stack.As("team_leader").Get("/v1/incidents/" + incident).json["evidence"].size(), 1U);
}

TEST(EvidenceFiles, TheFullHundredMebibytesPassBothWaysInConstantMemory) {
  Stack& stack = Stack::Shared();
  const std::string incident = Recorded(stack);
  std::string content;
  content.reserve(kLargest + 1);
  while (content.size() < kLargest) content += "Line " + std::to_string(content.size()) + " of a very long log.\n";
  content.resize(kLargest);
  const std::vector<int> pids = {stack.Pid("gateway"), stack.Pid("incident-service")};
  std::vector<long> before;
  for (const int pid : pids) {
    Forget(pid);
    before.push_back(Memory(pid, "VmRSS:"));
  }
  const Reply made = Upload(stack, incident, content, "log.txt");
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made.json["size"], kLargest);
  EXPECT_TRUE(Open(stack, incident, made.id()).body == content);  // not EXPECT_EQ: it would print a hundred megabytes
  for (std::size_t i = 0; i < pids.size(); ++i)
    EXPECT_LT(Memory(pids[i], "VmHWM:") - before[i], kMostGrownKiB) << (i == 0 ? "gateway" : "incident-service");
  content += 'x';
  const Reply larger = Upload(stack, Recorded(stack), content, "log.txt");
  EXPECT_TRUE(larger.status == 413 || larger.status == 400) << larger;
}

TEST(EvidenceFiles, AnUploadBrokenOffLeavesNothing) {
  Stack& stack = Stack::Shared();
  const std::string incident = Recorded(stack);
  const auto files = FilesOf(stack);
  {
    RawConnection cut(stack.port());
    cut.Send("POST /v1/incidents/" + incident +
             "/evidence HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nX-Evidence-Name: log.txt\r\n" +
             "Authorization: Bearer " + stack.As("employee", "Housing", "E1001").token() + "\r\nContent-Length: 9000000\r\n\r\n");
    cut.Send(std::string(6'000'000, 'x'));
    ASSERT_TRUE(Eventually([&] { return Waiting(stack) > 0; })) << "the upload never began";
    EXPECT_EQ(FilesOf(stack), files) << "half a file is not the service's business";
    cut.Cut();
  }
  EXPECT_TRUE(Eventually([&] { return Waiting(stack) == 0; }));
  EXPECT_EQ(FilesOf(stack), files);
  EXPECT_EQ(stack.As("team_leader").Get("/v1/incidents/" + incident).json.value("evidence", Json::array()).size(), 0U);
}

TEST(EvidenceFiles, WhatRunsByItselfIsRefusedWhateverItIsCalled) {
  Stack& stack = Stack::Shared();
  EXPECT_THAT(Upload(stack, Recorded(stack), "<!DOCTYPE html><html><script>1</script></html>", "photo.png"), Refused(415, "council rule"));
}

TEST(EvidenceFiles, AFileLiesEncryptedAndADamagedOneIsSaidToBe) {
  Stack& stack = Stack::Shared();
  const std::string incident = Recorded(stack);
  const Reply made = Upload(stack, incident, kText + std::string(100'000, 'x'), "note.txt");
  std::string path;
  for (const auto& entry : fs::recursive_directory_iterator(stack.data_dir(), fs::directory_options::skip_permission_denied)) {
    if (entry.path().filename() == made.id()) path = entry.path();
  }
  ASSERT_FALSE(path.empty());
  std::ifstream in(path, std::ios::binary);
  const std::string sealed((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(sealed.find("word for word"), std::string::npos);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(70'000);
  file.put('!');
  file.close();
  EXPECT_THAT(Open(stack, incident, made.id()), Refused(409, "council rule"));
}

// A clamd of our own on a socket of our own, with a signature database that knows the EICAR string alone.
TEST(EvidenceFiles, Scenario10_AnInfectedFileIsUnreadable) {
  if (!fs::exists("/usr/sbin/clamd")) GTEST_SKIP() << "clamav-daemon is not installed";
  std::string name = (fs::temp_directory_path() / "clamd-XXXXXX").string();
  const std::string folder = mkdtemp(name.data());
  ::chmod(folder.c_str(), 0755);
  fs::create_directory(folder + "/db");
  std::ofstream(folder + "/db/own.ndb") << "Own.Eicar:0:*:" << "45494341522d5354414e444152442d414e544956495255532d544553542d46494c45"
                                        << "\n";
  std::ofstream(folder + "/clamd.conf") << "LocalSocket " << folder << "/socket\nLocalSocketMode 666\nDatabaseDirectory " << folder
                                        << "/db\nPidFile " << folder << "/pid\nStreamMaxLength 110M\nMaxScanSize 110M\nMaxFileSize 110M\n";
  ASSERT_EQ(std::system(("/usr/sbin/clamd -c " + folder + "/clamd.conf >" + folder + "/log 2>&1").c_str()), 0);
  ASSERT_TRUE(Eventually([&] { return fs::exists(folder + "/socket"); }, 30));
  {
    Stack stack({{"EVENHAND_CLAMD", "unix:" + folder + "/socket"}});
    const std::string incident = Recorded(stack);
    const Reply clean = Upload(stack, incident, kText, "note.txt");
    EXPECT_EQ(clean.json["state"], "CLEAN") << clean;
    const std::string eicar = std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
    const Reply infected = Upload(stack, incident, eicar, "eicar.txt");
    EXPECT_EQ(infected.json["state"], "INFECTED") << infected;
    EXPECT_THAT(Open(stack, incident, infected.id()), Refused(409, "council rule"));
    EXPECT_EQ(Open(stack, incident, clean.id()).body, kText);
    // A restriction that relies on an incident whose file turns out to be infected: flagged, not lifted.
    const Reply imposed = Impose(stack, RegisterPerson(stack));
    const std::string ground = imposed.json["grounds"][0]["incidentIds"][0];
    EXPECT_EQ(Upload(stack, ground, eicar, "eicar.txt").json["state"], "INFECTED");
    const auto now = [&] { return stack.As("senior_manager").Get("/v1/restrictions/" + imposed.id()).json; };
    EXPECT_TRUE(Eventually([&] { return now().value("openReview", Json::object()).value("cause", "") == "EVIDENCE_INFECTED"; })) << now();
    EXPECT_EQ(now()["state"], "IN_FORCE");
  }
  std::ifstream pid_file(folder + "/pid");
  int pid = 0;
  if (pid_file >> pid) ::kill(pid, SIGTERM);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace evenhand::testing
