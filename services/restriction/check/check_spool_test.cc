#include "services/restriction/check/check_spool.h"

#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace evenhand::restriction::check {
namespace {

class Spool : public ::testing::Test {
 protected:
  ~Spool() override { std::filesystem::remove_all(folder_); }

  static std::string MakeFolder() {
    std::string name = "/tmp/evenhand-spool-XXXXXX";
    return mkdtemp(name.data());
  }

  static std::string Record(int number) {
    v1::ContactCheckRecord record;
    record.set_id(std::to_string(number));
    std::string framed;
    FrameRecord(record, framed);
    return framed;
  }

  const std::string folder_ = MakeFolder();
};

// Copying used to find a file between its making and its locking, and removed it from under its writer: the guidance was refused, and
// what was written afterwards was lost.
TEST_F(Spool, EveryRecordIsCopiedOnceThoughCopyingNeverPauses) {
  constexpr int kRecords = 1'000;
  CheckSpool spool(folder_, 64 << 20);
  std::atomic<bool> done{false};
  absl::Mutex mutex;
  std::multiset<std::string> copied;
  const auto copy = [&] {
    spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) {
      const absl::MutexLock lock(&mutex);
      for (const auto& record : records) copied.insert(record.id());
    });
  };
  std::vector<std::thread> copiers;
  for (int i = 0; i < 2; ++i) {
    copiers.emplace_back([&] {
      while (!done) copy();
    });
  }
  int refused = 0;
  for (int i = 0; i < kRecords; ++i) {
    refused += spool.Append(Record(i)).ok() ? 0 : 1;
    // So that every record begins a file.
    for (int wait = 0; wait < 1'000 && spool.waiting_bytes() > 0; ++wait) std::this_thread::yield();
  }
  done = true;
  for (auto& copier : copiers) copier.join();
  copy();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(copied.size(), static_cast<std::size_t>(kRecords));
  EXPECT_EQ(std::set<std::string>(copied.begin(), copied.end()).size(), static_cast<std::size_t>(kRecords));
}

TEST_F(Spool, AFullSpoolSaysSoAndTakesAgainOnceCopied) {
  CheckSpool spool(folder_, 100);
  while (spool.Append(Record(1)).ok()) {
  }
  spool.Drain([](const std::vector<v1::ContactCheckRecord>&, bool) {});
  EXPECT_TRUE(spool.Append(Record(2)).ok());
}

TEST_F(Spool, ARecordWhoseAnswerIsGivenAsBytesIsTheSameRecord) {
  CheckSpool spool(folder_, 64 << 20);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{300}, std::size_t{20'000}}) {
    v1::ContactCheckRecord record;
    record.set_id("1");
    record.set_trace_id("00ff");
    v1::CheckContactResponse answer;
    answer.set_outcome(v1::CheckContactResponse::GUIDANCE);
    answer.add_matches()->add_instructions()->set_text(std::string(size, 'x'));
    std::string batch = Record(0);
    FrameRecord(record, answer.SerializeAsString(), batch);
    ASSERT_TRUE(spool.Append(batch + Record(2)).ok());
    std::vector<v1::ContactCheckRecord> found;
    spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) { found = records; });
    ASSERT_EQ(found.size(), 3U);
    *record.mutable_answer() = answer;
    EXPECT_EQ(found[1].SerializeAsString(), record.SerializeAsString());
    EXPECT_EQ(found[2].id(), "2");
  }
}

// The copier need not wait for the database's disk before.
TEST_F(Spool, OnlyTheLastPortionOfAFileIsCalledTheLast) {
  CheckSpool spool(folder_, 64 << 20);
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(spool.Append(Record(i)).ok());
  std::size_t records = 0;
  std::vector<bool> last;
  spool.Drain([&](const std::vector<v1::ContactCheckRecord>& portion, bool is_last) {
    records += portion.size();
    last.push_back(is_last);
  });
  EXPECT_EQ(records, 25U);
  EXPECT_EQ(last, (std::vector<bool>{false, false, true}));
}

TEST_F(Spool, ATornRecordAtTheEndDoesNotHideWhichPortionIsTheLast) {
  CheckSpool spool(folder_, 64 << 20);
  ASSERT_TRUE(spool.Append(Record(1)).ok());
  ASSERT_TRUE(spool.Append(Record(2).substr(0, 9)).ok());
  std::vector<bool> last;
  spool.Drain([&](const std::vector<v1::ContactCheckRecord>&, bool is_last) { last.push_back(is_last); });
  EXPECT_EQ(last, std::vector<bool>{true});
}

}  // namespace
}  // namespace evenhand::restriction::check
