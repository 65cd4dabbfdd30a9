// Nothing lost: what was answered is recorded though the machine goes, a restore forges no freshness, an import takes every row or says so.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "tests/functional/harness.h"
#include "tests/functional/portal.h"

namespace evenhand::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Desks that ask about one number all the time; each question has a staff number of its own, so that its record can be found.
class Desks {
 public:
  Desks(Stack& stack, std::string phone, int count) : phone_(std::move(phone)), client_(stack.As("crm", "")) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this, i] { i % 2 == 0 ? AskOne() : AskMany(); });
  }
  ~Desks() {
    if (!threads_.empty()) Stop();
  }

  // Ends the asking; the questions that were answered with guidance.
  std::set<std::string> Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return answered_;
  }

  std::size_t answered() {
    const std::scoped_lock lock(mutex_);
    return answered_.size();
  }

 private:
  Json Question(const std::string& id) const { return {{"channel", "PHONE"}, {"phone", phone_}, {"staffId", id}}; }

  void Note(const Json& reply, const std::string& id) {
    if (reply.value("outcome", "") != "GUIDANCE") return;
    const std::scoped_lock lock(mutex_);
    answered_.insert(id);
  }

  void AskOne() {
    while (!stopping_) {
      const std::string id = Unique("one");
      if (const Reply reply = client_.Post("/v1/contacts:check", Question(id)); reply.status == 200) Note(reply.json, id);
    }
  }

  void AskMany() {
    while (!stopping_) {
      std::vector<std::string> ids;
      Json requests = Json::array();
      for (int i = 0; i < 200; ++i) requests.push_back(Question(ids.emplace_back(Unique("many"))));
      const Reply reply = client_.Post("/v1/contacts:batchCheck", {{"requests", requests}});
      if (reply.status != 200) continue;
      for (std::size_t i = 0; i < ids.size(); ++i) Note(reply.json.at("replies").at(i), ids[i]);
    }
  }

  const std::string phone_;
  const Client client_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<std::string> answered_;
  std::vector<std::thread> threads_;
};

bool HasEnded(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  std::getline(file, stat);
  return stat.empty() || stat.find(") Z") != std::string::npos;
}

TEST(Durable, Clause12_4_WhatWasAnsweredUntilTheEndOfTheProcessIsRecordedThoughItsFolderGoes) {
  Stack stack;
  const std::string phone = FreshPhone();
  const Reply imposed = Impose(stack, RegisterPerson(stack, phone));
  ASSERT_TRUE(Eventually([&] {
    return stack.As("crm", "").Post("/v1/contacts:check", {{"channel", "PHONE"}, {"phone", phone}}).Text("outcome") == "GUIDANCE";
  }));
  Desks desks(stack, phone, 8);
  ASSERT_TRUE(Eventually([&] { return desks.answered() > 5'000; }, 60));
  const int pid = stack.Pid("restriction-service"), supervisor = Json::parse(stack.Tool({"status", "--output", "json"})).at("supervisor");
  ASSERT_GT(pid, 1);
  kill(supervisor, SIGSTOP);  // nobody starts it again before its folder is gone
  kill(pid, SIGTERM);
  const bool ended = Eventually([&] { return HasEnded(pid); }, 30);
  const std::set<std::string> answered = desks.Stop();
  std::filesystem::remove_all(stack.data_dir() + "/state/restriction");
  kill(supervisor, SIGCONT);
  ASSERT_TRUE(ended);
  ASSERT_TRUE(stack.Ready(60));
  const std::string rows = stack.Sql("select staff_id from restriction.contact_check where staff_id <> ''");
  std::set<std::string> recorded;
  for (std::size_t at = 0; at < rows.size();) {
    const std::size_t end = std::min(rows.find('\n', at), rows.size());
    recorded.insert(rows.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::string> lost;
  for (const std::string& id : answered)
    if (!recorded.contains(id)) lost.push_back(id);
  EXPECT_THAT(lost, IsEmpty()) << lost.size() << " of " << answered.size() << " answers have no record";
}

// One bit of a spool that waits for the database: its record alone is lost, and the file stays for a person to look at.
TEST(Durable, Clause12_4_ADamagedSpoolFileLosesOneRecordAndIsKept) {
  Stack stack;
  const std::string phone = FreshPhone();
  Impose(stack, RegisterPerson(stack, phone));
  const Client crm = stack.As("crm", "");
  const Json ask = {{"channel", "PHONE"}, {"phone", phone}, {"staffId", "E7777"}};
  ASSERT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", ask).Text("outcome") == "GUIDANCE"; }));
  const auto recorded = [&] { return std::stoi(stack.Sql("select count(*) from restriction.contact_check where staff_id = 'E7777'")); };
  int before = 0;
  ASSERT_TRUE(Eventually([&] { return (before = recorded()) > 0; }));
  const int pid = stack.Pid("restriction-service"), supervisor = Json::parse(stack.Tool({"status", "--output", "json"})).at("supervisor");
  stack.Signal("postgres", SIGSTOP);
  int answered = 0;
  for (int i = 0; i < 20; ++i) answered += crm.Post("/v1/contacts:check", ask).json.value("matches", Json::array()).empty() ? 0 : 1;
  kill(supervisor, SIGSTOP);
  kill(pid, SIGKILL);
  EXPECT_TRUE(Eventually([&] { return HasEnded(pid); }));
  int spools = 0;
  for (const auto& file : std::filesystem::directory_iterator(stack.data_dir() + "/state/restriction/check-spool")) {
    if (file.path().extension() != ".spool" || file.file_size() < 400) continue;
    std::fstream spool(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    spool.seekg(100);
    const char byte = static_cast<char>(spool.get() ^ 4);
    spool.seekp(100);
    spool.put(byte);
    ++spools;
  }
  kill(supervisor, SIGCONT);
  stack.Signal("postgres", SIGCONT);
  ASSERT_EQ(spools, 1);
  EXPECT_TRUE(Eventually([&] { return recorded() >= before + answered - 1; }, 30)) << recorded() << " of " << answered;
  const auto kept = [&] {
    for (const auto& file : std::filesystem::directory_iterator(stack.data_dir() + "/state/restriction/check-spool"))
      if (file.path().extension() == ".aside") return true;
    return false;
  };
  EXPECT_TRUE(Eventually(kept));
  std::ifstream log(stack.data_dir() + "/logs/restriction-service.log");
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(log), {}), HasSubstr("the file is set aside"));
}

// PostgreSQL's own tools, as the owner.
std::string Postgres(Stack& stack, const std::string& tool, const std::string& words) {
  int port = 0;
  const Json status = Json::parse(stack.Tool({"status", "--output", "json"}));
  for (const Json& row : status.at("processes"))
    if (row.at("name") == "postgres") port = row.at("port");
  const std::string line = "PGPASSFILE='" + stack.data_dir() +
                           "/secrets/evenhand_owner.pgpass' $(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/" + tool +
                           " -h 127.0.0.1 -p " + std::to_string(port) + " -U evenhand_owner " + words + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  std::string output;
  char buffer[4096];
  for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << tool << ": " << output;
  return output;
}

TEST(Durable, ARestoreByPostgresOwnToolsForgesNoFreshness) {
  Stack stack;
  const std::string phone = FreshPhone(), dump = stack.data_dir() + "-dump";
  const std::string person = RegisterPerson(stack, phone);
  const Reply proposed = Propose(stack, person);
  Postgres(stack, "pg_dump", "-Fc -f '" + dump + "' evenhand");
  const Reply imposed = stack.As("senior_manager").Post("/v1/restrictions/" + proposed.id() + ":impose", {}, proposed.IfMatch());
  ASSERT_THAT(imposed, Succeeds());
  const Json ask = {{"channel", "PHONE"}, {"phone", phone}};
  Json with_token = ask;
  with_token["consistencyToken"] = imposed.Text("consistencyToken");
  const Client crm = stack.As("crm", "");
  ASSERT_EQ(crm.Post("/v1/contacts:check", with_token).Text("outcome"), "GUIDANCE");
  Postgres(stack, "pg_restore", "--clean --if-exists --exit-on-error -d evenhand '" + dump + "'");
  std::filesystem::remove(dump);
  ASSERT_TRUE(Eventually([&] { return crm.Post("/v1/contacts:check", ask).Text("outcome") == "CLEAR"; }, 30)) << "the decision is lost";
  EXPECT_EQ(crm.Post("/v1/contacts:check", with_token).Text("outcome"), "UNKNOWN");
  for (int i = 0; i < 8; ++i) RegisterPerson(stack);
  const Reply later = crm.Post("/v1/contacts:check", with_token);
  EXPECT_EQ(later.Text("outcome"), "UNKNOWN") << "though more was written than before the restore: " << later;
  with_token["consistencyToken"] = later.Text("consistencyToken");
  EXPECT_EQ(crm.Post("/v1/contacts:check", with_token).Text("outcome"), "CLEAR") << "and the caller goes on with the answer's own token";
}

// Larger than every buffer between the tool and the database, and one connection from its first byte to its last.
TEST(Durable, Clause4_3_AnImportOfALargeFileTakesEveryRowOrSaysThatItDidNot) {
  Stack stack;
  constexpr int kRows = 12'000;
  auto rows = PortalRows(kRows, Unique("BIG"));
  for (auto& row : rows) row["Description"] = std::string(1'500, 'x');
  const std::string csv = PortalCsv(rows), file = stack.data_dir() + "-big.csv";
  ASSERT_GT(csv.size(), 16U << 20);
  std::ofstream(file, std::ios::binary) << csv;
  std::string output;
  const auto json_of = [](const std::string& text) { return Json::parse(text.substr(text.find('{'))); };
  const Json taken = json_of(stack.Tool({"import", file, "--output", "json"}));
  EXPECT_EQ(taken["rows"], kRows);
  EXPECT_EQ(taken["created"], kRows);
  EXPECT_EQ(stack.Sql("select count(*) from incident.incident"), std::to_string(kRows));

  // Cut in the middle of a row: what was answered is in, and nobody is told that the file is.
  std::ofstream(file, std::ios::binary) << csv.substr(0, csv.size() / 2);
  EXPECT_NE(stack.Try({"import", file}, &output), 0);
  EXPECT_THAT(output, HasSubstr("the file ends in the middle of a row"));

  // The line cut in the middle: no summary, no success.
  std::ofstream(file, std::ios::binary) << csv;
  const int gateway = stack.Pid("gateway");
  std::thread cut([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
    kill(gateway, SIGKILL);
  });
  output.clear();
  const int status = stack.Try({"import", file}, &output);
  cut.join();
  EXPECT_NE(status, 0) << output;
  EXPECT_THAT(output, HasSubstr("the import broke off"));
  std::filesystem::remove(file);
}

TEST(Durable, ABackupWhileFilesAreUploadedHoldsWhatWasKeptAndFailsForNobody) {
  Stack stack;
  const std::string incident = stack.As("employee", "Housing", "E1001").Post("/v1/incidents", AnIncident()).id();
  const std::string phone = FreshPhone();
  Impose(stack, RegisterPerson(stack, phone));
  std::atomic<bool> done = false;
  std::mutex mutex;
  std::vector<std::string> before;
  std::vector<std::thread> uploads;
  const Client officer = stack.As("employee", "Housing", "E1001");
  for (int t = 0; t < 3; ++t) {
    uploads.emplace_back([&, t] {
      for (int i = 0; !done; ++i) {
        const std::string content = std::string(300'000, 'x') + std::to_string(t) + " " + std::to_string(i);
        const Reply made = officer.Stream("/v1/incidents/" + incident + "/evidence", content, "text/plain", {{"X-Evidence-Name", "a.txt"}});
        if (!made.ok()) continue;
        const std::scoped_lock lock(mutex);
        before.push_back(made.id());
      }
    });
  }
  Desks desks(stack, phone, 2);
  ASSERT_TRUE(Eventually(
      [&] {
        const std::scoped_lock lock(mutex);
        return before.size() > 5 && desks.answered() > 100;
      },
      60));
  const std::string file = stack.data_dir() + "-backup";
  std::vector<std::string> kept;
  for (int round = 0; round < 3; ++round) {
    {
      const std::scoped_lock lock(mutex);
      kept = before;
    }
    std::string output;
    EXPECT_EQ(stack.Try({"backup", file}, &output), 0) << output;
  }
  done = true;
  for (auto& upload : uploads) upload.join();
  desks.Stop();
  Stack restored(Stack::From{file});
  std::filesystem::remove(file);
  for (const std::string& id : kept)
    EXPECT_EQ(restored.As("team_leader").Get("/v1/incidents/" + incident + "/evidence/" + id + ":content").status, 200);
}

}  // namespace
}  // namespace evenhand::testing
