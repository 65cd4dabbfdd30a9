// Evidence against a real PostgreSQL and a folder: what goes in comes back, and nothing opens by accident.
#include <sodium.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "services/incident/app/evidence.h"
#include "services/incident/testing/fixture.h"

namespace evenhand::incident {
namespace {

namespace fs = std::filesystem;

// Speaks clamd's INSTREAM on loopback: a file that contains the word EICAR is infected.
class Scanner {
 public:
  Scanner() {
    listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listening_, 8);
    socklen_t size = sizeof address;
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Scanner() {
    ::shutdown(listening_, SHUT_RDWR);
    ::close(listening_);
    thread_.join();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void Serve() {
    for (int caller = 0; (caller = ::accept(listening_, nullptr, nullptr)) >= 0;) {
      std::string text;
      char piece[4096];
      for (ssize_t got = 0; !text.ends_with(std::string(4, '\0')) && (got = ::recv(caller, piece, sizeof piece, 0)) > 0;)
        text.append(piece, static_cast<std::size_t>(got));
      const std::string answer = text.find("EICAR") == std::string::npos ? "stream: OK" : "stream: Eicar-Test-Signature FOUND";
      ::send(caller, answer.c_str(), answer.size() + 1, MSG_NOSIGNAL);
      ::close(caller);
    }
  }
  int listening_ = -1, port_ = 0;
  std::thread thread_;
};

class WithEvidence : public WithDatabase {
 protected:
  WithEvidence() {
    EXPECT_GE(sodium_init(), 0);
    std::string name = (fs::temp_directory_path() / "evidence-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    keys_ = std::make_unique<KeyRing>(folder_ + "/keys", [this] { return NoEvidenceYet(work_, folder_ + "/files"); });
    incident_ = Recorded(AnIncident());
  }
  ~WithEvidence() override { fs::remove_all(folder_); }

  EvidenceDesk Desk(const std::string& clamd = "", absl::Duration watch_for = absl::Hours(1)) {
    return EvidenceDesk(work_, neighbours_, *keys_,
                        {.folder = folder_ + "/files", .clamd = clamd, .max_bytes = 1 << 20, .watch_for = watch_for});
  }

  std::string FileOf(const v1::Evidence& e) const { return folder_ + "/files/" + e.id(); }
  std::string AsideOf(const std::string& id) const { return folder_ + "/files/aside/" + id; }
  static void Owner(const std::string& statement) {
    pqxx::connection owner(testing::Postgres::Shared().owner());
    pqxx::nontransaction(owner).exec("set client_min_messages = warning; " + statement);
  }
  std::string State() { return Sql("select state from evidence"); }

  Outcome<v1::Evidence> Put(EvidenceDesk& desk, const std::string& content, bool distressing = false, const Actor* by = nullptr) {
    v1::AddEvidenceRequest first;
    first.set_id(incident_.id());
    first.set_name("note.txt");
    first.set_distressing(distressing);
    auto upload = desk.Begin(By(by == nullptr ? officer_ : *by), first);
    if (!upload.ok()) return upload.refusal();
    for (std::size_t at = 0; at < content.size(); at += 50'000) {
      if (auto no = (*upload)->Take(std::string_view(content).substr(at, 50'000))) return *no;
    }
    return (*upload)->Finish();
  }

  std::optional<Refusal> Open(EvidenceDesk& desk, const std::string& id, const Actor& by, bool acknowledged,
                              std::string* content = nullptr) {
    v1::GetEvidenceContentRequest request;
    request.set_id(incident_.id());
    request.set_evidence_id(id);
    request.set_acknowledged_distressing(acknowledged);
    return desk.Open(By(by), request, [&](const v1::EvidenceContent& piece) {
      if (content != nullptr) content->append(piece.chunk());
      return true;
    });
  }

  std::string folder_;
  std::unique_ptr<KeyRing> keys_;
  v1::Incident incident_;
};

TEST_F(WithEvidence, Clause12_3_DistressingOpensOnlyWithTheAcknowledgementAndIsAuditedEachTime) {
  auto desk = Desk();
  const auto made = Put(desk, "What was written.\n", true);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->state(), EvidenceState::UNSCANNED);
  EXPECT_EQ(made->name(), "DISTRESSING note.txt");
  EXPECT_EQ(Open(desk, made->id(), team_leader_, false)->reason, ErrorReason::ACKNOWLEDGEMENT_REQUIRED);
  std::string content;
  EXPECT_FALSE(Open(desk, made->id(), team_leader_, true, &content));
  EXPECT_EQ(content, "What was written.\n");
  EXPECT_EQ(Sql("select count(*) from audit where action = 'evidence.opened'"), "1");
  EXPECT_EQ(Open(desk, made->id(), colleague_, true)->kind, RefusalKind::kNotPermitted);
}

TEST_F(WithEvidence, TheSameFileTwiceIsOneAndLeavesOneOnDisk) {
  auto desk = Desk();
  EXPECT_EQ(Put(desk, "Same.\n")->id(), Put(desk, "Same.\n")->id());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ + "/files"), {}), 1);
}

TEST_F(WithEvidence, TooLargeOrOfAnotherTypeIsRefusedAndLeavesNothing) {
  auto desk = Desk();
  EXPECT_EQ(Put(desk, std::string((1 << 20) + 1, 'x')).refusal().reason, ErrorReason::TOO_LARGE);
  EXPECT_EQ(Put(desk, "<!DOCTYPE html><html></html>").refusal().reason, ErrorReason::UNSUPPORTED_MEDIA_TYPE);
  EXPECT_FALSE(Put(desk, "").ok());
  EXPECT_TRUE(fs::is_empty(folder_ + "/files"));
}

TEST_F(WithEvidence, DamageIsDetectedSaidAndTold) {
  auto desk = Desk();
  const auto made = Put(desk, "Once upon a time.\n");
  std::fstream file(folder_ + "/files/" + made->id(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(40);
  file.put('!');
  file.close();
  std::string content;
  EXPECT_EQ(Open(desk, made->id(), team_leader_, false, &content)->reason, ErrorReason::EVIDENCE_UNREADABLE);
  EXPECT_EQ(content, "");
  EXPECT_EQ(Sql("select state from evidence"), "DAMAGED");
}

TEST_F(WithEvidence, Scenario10_InfectedIsUnreadableAndTheRestrictionsAreTold) {
  Scanner scanner;
  auto desk = Desk(scanner.address());
  EXPECT_EQ(Put(desk, "Nothing bad.\n")->state(), EvidenceState::CLEAN);
  const auto infected = Put(desk, "A test string named EICAR stands for a virus.\n");
  EXPECT_EQ(infected->state(), EvidenceState::INFECTED);
  EXPECT_EQ(Open(desk, infected->id(), team_leader_, true)->reason, ErrorReason::EVIDENCE_UNREADABLE);
  EXPECT_EQ(Sql("select count(*) from outbox where type = 'incident.evidence_infected' and destination = 'restriction'"), "1");
}

TEST_F(WithEvidence, WithTheScannerAwayItWaitsAndIsScannedLater) {
  auto away = Desk("127.0.0.1:1");
  const auto made = Put(away, "Nothing bad.\n");
  EXPECT_EQ(made->state(), EvidenceState::QUARANTINED);
  EXPECT_EQ(Open(away, made->id(), team_leader_, true)->reason, ErrorReason::EVIDENCE_UNREADABLE);
  Scanner scanner;
  auto back = Desk(scanner.address());
  back.ScanWaiting();
  EXPECT_FALSE(Open(back, made->id(), team_leader_, true));
}

TEST_F(WithEvidence, AKeyIsRotatedWithoutRewritingFiles) {
  auto desk = Desk();
  const auto made = Put(desk, "Kept for years.\n");
  const auto before = fs::last_write_time(folder_ + "/files/" + made->id());
  std::ofstream(folder_ + "/keys", std::ios::app) << "key-2 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
  desk.RotateKeys();
  EXPECT_EQ(Sql("select key_id from evidence"), "key-2");
  EXPECT_EQ(fs::last_write_time(folder_ + "/files/" + made->id()), before);
  EXPECT_FALSE(Open(desk, made->id(), team_leader_, true));
}

// A volume that is mounted late, a disk that hiccups, keys that are away: each passes, and nothing is written down as a fact.
TEST_F(WithEvidence, Clause12_3_WhatIsAwayIs503AndHealsWhenItIsBack) {
  auto desk = Desk();
  const auto made = Put(desk, "Kept.\n");
  const auto opens = [&] { return !Open(desk, made->id(), team_leader_, true).has_value(); };
  const auto away = [&](const std::string& path, const std::function<void()>& instead) {
    fs::rename(path, folder_ + "/away");
    instead();
    const auto no = Open(desk, made->id(), team_leader_, true);
    ASSERT_TRUE(no);
    EXPECT_EQ(no->kind, RefusalKind::kUnavailable) << no->detail;
    desk.RotateKeys();
    desk.CleanUp();
    EXPECT_EQ(State(), "UNSCANNED");
    fs::remove_all(path);
    fs::rename(folder_ + "/away", path);
    EXPECT_TRUE(opens());
  };
  const auto nothing = [] {};
  away(FileOf(*made), nothing);
  away(folder_ + "/files", nothing);
  away(FileOf(*made), [&] { fs::create_directory(FileOf(*made)); });  // reads fail
  away(folder_ + "/keys", [&] {
    EXPECT_FALSE(keys_->CurrentId().ok());
    EXPECT_FALSE(fs::exists(folder_ + "/keys")) << "no key is made beside what is kept";
  });
  away(folder_ + "/keys", [&] { std::ofstream(folder_ + "/keys") << "key-1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"; });
  away(folder_ + "/keys", [&] { std::ofstream(folder_ + "/keys") << "key-2 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"; });
  away(folder_ + "/keys", [&] { std::ofstream(folder_ + "/keys") << "no key at all\n"; });
  away(folder_ + "/keys", [&] { std::ofstream(folder_ + "/keys") << ""; });
}

TEST_F(WithEvidence, Clause12_3_ADamagedPieceThatIsPutBackIsWellAgainAsWhatItWas) {
  Scanner scanner;
  auto desk = Desk(scanner.address());
  const auto made = Put(desk, "Once upon a time.\n");
  fs::copy_file(FileOf(*made), folder_ + "/copy");
  fs::resize_file(FileOf(*made), fs::file_size(FileOf(*made)) - 1);
  EXPECT_EQ(Open(desk, made->id(), team_leader_, true)->reason, ErrorReason::EVIDENCE_UNREADABLE);
  EXPECT_EQ(Open(desk, made->id(), team_leader_, true)->reason, ErrorReason::EVIDENCE_UNREADABLE);
  EXPECT_EQ(State(), "DAMAGED");
  EXPECT_EQ(Sql("select count(*) from audit where action = 'evidence.damaged'"), "1");
  fs::rename(folder_ + "/copy", FileOf(*made));
  EXPECT_FALSE(Open(desk, made->id(), team_leader_, true));
  EXPECT_EQ(State(), "CLEAN");
  EXPECT_EQ(Sql("select before || after from audit where action = 'evidence.whole'"), "DAMAGEDCLEAN");
}

TEST_F(WithEvidence, WhatWasBrokenOffIsRemovedAndWhatHasNoRecordIsSetAsideWhenItHasBeenWatched) {
  auto desk = Desk("", absl::ZeroDuration());
  const auto made = Put(desk, "Kept.\n");
  const std::string stray = "0190f7a0-0000-7000-8000-0000000000aa", files = folder_ + "/files/";
  const auto age = [](const std::string& path) { fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(3)); };
  for (const std::string& name : {stray, stray + ".part"}) {
    std::ofstream(files + name) << "x";
    age(files + name);
  }
  age(FileOf(*made));
  desk.CleanUp();
  EXPECT_FALSE(fs::exists(files + stray + ".part"));
  EXPECT_TRUE(fs::exists(files + stray)) << "never at the first run";
  desk.CleanUp();
  EXPECT_TRUE(fs::exists(AsideOf(stray)));
  EXPECT_TRUE(fs::exists(FileOf(*made)));
  for (int i = 0; i < 3; ++i) desk.CleanUp();
  EXPECT_TRUE(fs::exists(AsideOf(stray))) << "it is kept for days";
  const std::string erased = "0190f7a0-0000-7000-8000-0000000000ee";
  std::ofstream(files + erased) << "x";
  age(files + erased);
  Owner("insert into incident.audit (at, actor, action, subject_kind, subject_id) values (now(), 'E1', 'evidence.erased', 'evidence', '" +
        erased + "')");
  desk.CleanUp();
  EXPECT_FALSE(fs::exists(files + erased) || fs::exists(AsideOf(erased))) << "what was erased on purpose (8.9) goes at once";
  fs::last_write_time(AsideOf(stray), fs::file_time_type::clock::now() - std::chrono::hours(31 * 24));
  auto after_a_start = Desk("", absl::ZeroDuration());
  after_a_start.CleanUp();
  EXPECT_TRUE(fs::exists(AsideOf(stray)));
  after_a_start.CleanUp();
  EXPECT_FALSE(fs::exists(AsideOf(stray)));
}

// The database put back to yesterday and corrected the day after: newer evidence is there again with its records.
TEST_F(WithEvidence, Clause12_3_AFileThatWasSetAsideComesBackWithItsRecord) {
  auto desk = Desk("", absl::ZeroDuration());
  const auto made = Put(desk, "Kept.\n");
  fs::last_write_time(FileOf(*made), fs::file_time_type::clock::now() - std::chrono::hours(3));
  Owner("create table incident.yesterday as table incident.evidence; delete from incident.evidence");
  for (int i = 0; i < 2; ++i) desk.CleanUp();
  EXPECT_TRUE(fs::exists(AsideOf(made->id())));
  Owner("insert into incident.evidence table incident.yesterday");
  EXPECT_FALSE(Open(desk, made->id(), team_leader_, true)) << "opening alone brings it back";
  EXPECT_TRUE(fs::exists(FileOf(*made)));
  fs::rename(FileOf(*made), AsideOf(made->id()));
  desk.CleanUp();
  EXPECT_TRUE(fs::exists(FileOf(*made)));
}

TEST_F(WithEvidence, AnotherLifeOfTheDatabaseBeginsTheWatchAnew) {
  auto desk = Desk("", absl::ZeroDuration());
  const auto made = Put(desk, "Kept.\n");
  fs::last_write_time(FileOf(*made), fs::file_time_type::clock::now() - std::chrono::hours(3));
  Owner("delete from incident.evidence");
  desk.CleanUp();
  Owner(
      "create table incident.anew (like incident.evidence including all); drop table incident.evidence; "
      "alter table incident.anew rename to evidence; grant select, insert, update, delete on incident.evidence to evenhand_incident");
  desk.CleanUp();
  EXPECT_TRUE(fs::exists(FileOf(*made)));
  desk.CleanUp();
  EXPECT_TRUE(fs::exists(AsideOf(made->id())));
}

}  // namespace
}  // namespace evenhand::incident
