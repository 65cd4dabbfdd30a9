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
    keys_ = std::make_unique<KeyRing>(folder_ + "/keys", true);
    incident_ = Recorded(AnIncident());
  }
  ~WithEvidence() override { fs::remove_all(folder_); }

  EvidenceDesk Desk(const std::string& clamd = "") {
    return EvidenceDesk(work_, neighbours_, *keys_, {.folder = folder_ + "/files", .clamd = clamd, .max_bytes = 1 << 20});
  }

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
  EXPECT_EQ(made->state(), v1::Evidence::State::UNSCANNED);
  EXPECT_EQ(made->name(), "DISTRESSING note.txt");
  EXPECT_EQ(Open(desk, made->id(), team_leader_, false)->reason, "ACKNOWLEDGEMENT_REQUIRED");
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
  EXPECT_EQ(Put(desk, std::string((1 << 20) + 1, 'x')).refusal().reason, "TOO_LARGE");
  EXPECT_EQ(Put(desk, "<!DOCTYPE html><html></html>").refusal().reason, "UNSUPPORTED_MEDIA_TYPE");
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
  EXPECT_EQ(Open(desk, made->id(), team_leader_, false, &content)->reason, "EVIDENCE_UNREADABLE");
  EXPECT_EQ(content, "");
  EXPECT_EQ(Sql("select state from evidence"), "DAMAGED");
}

TEST_F(WithEvidence, Scenario10_InfectedIsUnreadableAndTheRestrictionsAreTold) {
  Scanner scanner;
  auto desk = Desk(scanner.address());
  EXPECT_EQ(Put(desk, "Nothing bad.\n")->state(), v1::Evidence::State::CLEAN);
  const auto infected = Put(desk, "A test string named EICAR stands for a virus.\n");
  EXPECT_EQ(infected->state(), v1::Evidence::State::INFECTED);
  EXPECT_EQ(Open(desk, infected->id(), team_leader_, true)->reason, "EVIDENCE_UNREADABLE");
  EXPECT_EQ(Sql("select count(*) from outbox where type = 'incident.evidence_infected' and destination = 'restriction'"), "1");
}

TEST_F(WithEvidence, WithTheScannerAwayItWaitsAndIsScannedLater) {
  auto away = Desk("127.0.0.1:1");
  const auto made = Put(away, "Nothing bad.\n");
  EXPECT_EQ(made->state(), v1::Evidence::State::QUARANTINED);
  EXPECT_EQ(Open(away, made->id(), team_leader_, true)->reason, "EVIDENCE_UNREADABLE");
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

TEST_F(WithEvidence, WhatBelongsToNobodyIsRemoved) {
  auto desk = Desk();
  const auto made = Put(desk, "Kept.\n");
  for (const char* name : {"0190f7a0-0000-7000-8000-0000000000aa", "0190f7a0-0000-7000-8000-0000000000ab.part"}) {
    std::ofstream(folder_ + "/files/" + name) << "x";
    fs::last_write_time(folder_ + "/files/" + name, fs::file_time_type::clock::now() - std::chrono::hours(3));
  }
  fs::last_write_time(folder_ + "/files/" + made->id(), fs::file_time_type::clock::now() - std::chrono::hours(3));
  desk.CleanUp();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ + "/files"), {}), 1);
}

}  // namespace
}  // namespace evenhand::incident
