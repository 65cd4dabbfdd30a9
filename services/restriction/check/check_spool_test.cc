#include "services/restriction/check/check_spool.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <zlib.h>

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

  // What is copied of a file with these bytes, and what stays of it.
  struct After {
    std::vector<std::string> copied;
    std::vector<std::string> left;  // names
    std::size_t troubled = 0;
  };
  After Copy(const std::string& bytes) const {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ + "/left.spool", std::ios::binary) << bytes;
    CheckSpool spool(folder_, {});
    After after;
    spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) {
      for (const auto& record : records) after.copied.push_back(record.id());
      return std::size_t{0};
    });
    for (const auto& file : std::filesystem::directory_iterator(folder_)) after.left.push_back(file.path().filename());
    after.troubled = spool.troubled_files();
    EXPECT_EQ(spool.waiting_bytes(), 0);
    return after;
  }

  const std::string folder_ = MakeFolder();
};

// Copying used to find a file between its making and its locking, and removed it from under its writer: the guidance was refused, and
// what was written afterwards was lost.
TEST_F(Spool, EveryRecordIsCopiedOnceThoughCopyingNeverPauses) {
  constexpr int kRecords = 1'000;
  CheckSpool spool(folder_, {.most_bytes = 64 << 20});
  std::atomic<bool> done{false};
  absl::Mutex mutex;
  std::multiset<std::string> copied;
  const auto copy = [&] {
    spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) {
      const absl::MutexLock lock(&mutex);
      for (const auto& record : records) copied.insert(record.id());
      return std::size_t{0};
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
  CheckSpool spool(folder_, {.most_bytes = 100});
  while (spool.Append(Record(1)).ok()) {
  }
  spool.Drain([](const std::vector<v1::ContactCheckRecord>&, bool) { return std::size_t{0}; });
  EXPECT_TRUE(spool.Append(Record(2)).ok());
}

TEST_F(Spool, ARecordWhoseAnswerIsGivenAsBytesIsTheSameRecord) {
  CheckSpool spool(folder_, {.most_bytes = 64 << 20});
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{300}, std::size_t{20'000}}) {
    v1::ContactCheckRecord record;
    record.set_id("1");
    record.set_trace_id("00ff");
    v1::CheckContactResponse answer;
    answer.set_outcome(v1::CheckContactResponse::Outcome::GUIDANCE);
    answer.add_matches()->add_instructions()->set_text(std::string(size, 'x'));
    std::string batch = Record(0);
    FrameRecord(record, answer.SerializeAsString(), batch);
    ASSERT_TRUE(spool.Append(batch + Record(2)).ok());
    std::vector<v1::ContactCheckRecord> found;
    spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) {
      found = records;
      return std::size_t{0};
    });
    ASSERT_EQ(found.size(), 3U);
    *record.mutable_answer() = answer;
    EXPECT_EQ(found[1].SerializeAsString(), record.SerializeAsString());
    EXPECT_EQ(found[2].id(), "2");
  }
}

// The copier need not wait for the database's disk before.
TEST_F(Spool, OnlyTheLastPortionOfAFileIsCalledTheLast) {
  CheckSpool spool(folder_, {.most_bytes = 64 << 20});
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(spool.Append(Record(i)).ok());
  std::size_t records = 0;
  std::vector<bool> last;
  spool.Drain([&](const std::vector<v1::ContactCheckRecord>& portion, bool is_last) {
    records += portion.size();
    last.push_back(is_last);
    return std::size_t{0};
  });
  EXPECT_EQ(records, 25U);
  EXPECT_EQ(last, (std::vector<bool>{false, false, true}));
}

TEST_F(Spool, ATornRecordAtTheEndDoesNotHideWhichPortionIsTheLast) {
  CheckSpool spool(folder_, {.most_bytes = 64 << 20});
  ASSERT_TRUE(spool.Append(Record(1)).ok());
  ASSERT_TRUE(spool.Append(Record(2).substr(0, 9)).ok());
  std::vector<bool> last;
  spool.Drain([&](const std::vector<v1::ContactCheckRecord>&, bool is_last) {
    last.push_back(is_last);
    return std::size_t{0};
  });
  EXPECT_EQ(last, std::vector<bool>{true});
}

// Every record of a file × every damage to it.
TEST_F(Spool, Clause12_4_ADamagedRecordCostsItselfAndItsFileIsSetAside) {
  constexpr int kRecords = 5;
  std::vector<std::string> frames;
  for (int i = 0; i < kRecords; ++i) frames.push_back(Record(1000 + i));
  std::string whole;
  for (const std::string& frame : frames) whole += frame;
  const auto expect = [&](const std::string& bytes, const std::set<int>& lost, const std::string& what) {
    const After after = Copy(bytes);
    std::vector<std::string> others;
    for (int i = 0; i < kRecords; ++i)
      if (!lost.contains(i)) others.push_back(std::to_string(1000 + i));
    EXPECT_EQ(after.copied, others) << what;
    ASSERT_EQ(after.left, std::vector<std::string>{"left.spool.aside"}) << what;
    EXPECT_EQ(after.troubled, 1U) << what;
    std::ifstream aside(folder_ + "/left.spool.aside", std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(aside), {}), bytes) << what;
  };
  std::size_t start = 0;
  for (int i = 0; i < kRecords; ++i) {
    const std::size_t size = frames[static_cast<std::size_t>(i)].size();
    const std::string where = "record " + std::to_string(i);
    for (std::size_t byte = 0; byte < size; ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped = whole;
        flipped[start + byte] = static_cast<char>(flipped[start + byte] ^ (1 << bit));
        expect(flipped, {i}, where + ", byte " + std::to_string(byte) + ", bit " + std::to_string(bit));
      }
      if (byte == 0) continue;
      std::set<int> gone;
      for (int j = i; j < kRecords; ++j) gone.insert(j);
      expect(whole.substr(0, start + byte), gone, where + " cut short, the end of the file");
      expect(std::string(whole).erase(start + byte, size - byte), {i}, where + " cut short, others behind it");
      expect(std::string(whole).erase(start, byte), {i}, where + " without its start");
    }
    expect(std::string(whole).replace(start, size, size, '\0'), {i}, where + " zeroed");
    expect(std::string(whole).replace(start, size, size, '\xFF'), {i}, where + " all ones");
    expect(std::string(whole).insert(start, "noise"), {}, "noise before " + where);
    expect(std::string(whole).insert(start, 4096, '\0'), {}, "a zeroed page before " + where);
    start += size;
  }
  EXPECT_TRUE(Copy(whole).left.empty()) << "what is understood goes";
}

TEST_F(Spool, ARecordThatIsNoMessageIsPassedOverByItsLength) {
  // Field 1 is a text, and this is none: whole by its checksum.
  std::string bad = Record(1);
  bad[bad.size() - 1] = '\xFF';
  const auto sum = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bad.data() + 8), static_cast<uInt>(bad.size() - 8)));
  std::memcpy(bad.data() + 4, &sum, sizeof(sum));
  const After after = Copy(Record(0) + bad + Record(2));
  EXPECT_EQ(after.copied, (std::vector<std::string>{"0", "2"}));
  EXPECT_EQ(after.left, std::vector<std::string>{"left.spool.aside"});
}

TEST_F(Spool, WhatTheDatabaseNeverTakesIsSetAside) {
  CheckSpool spool(folder_, {});
  ASSERT_TRUE(spool.Append(Record(1) + Record(2)).ok());
  spool.Drain([](const std::vector<v1::ContactCheckRecord>&, bool) { return std::size_t{1}; });
  EXPECT_EQ(spool.troubled_files(), 1U);
  EXPECT_EQ(spool.waiting_bytes(), 0);
  EXPECT_EQ(CheckSpool(folder_, {}).troubled_files(), 1U) << "known after a start, before anything is copied";
}

TEST_F(Spool, TheFolderIsItsOwnersAlone) {
  const CheckSpool spool(folder_ + "/made", {});
  EXPECT_EQ(std::filesystem::status(folder_ + "/made").permissions(), std::filesystem::perms::owner_all);
}

// With `sync` an answer waits for the disk, and one wait serves all who came meanwhile.
TEST_F(Spool, RecordsThatWaitForTheDiskAreCopiedOnceToo) {
  CheckSpool spool(folder_, {.sync = true});
  constexpr int kThreads = 8, kEach = 25;
  std::atomic<int> refused{0};
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) refused += spool.Append(Record(t * kEach + i)).ok() ? 0 : 1;
    });
  }
  std::multiset<std::string> copied;
  const auto copy = [&] {
    spool.Drain([&](const std::vector<v1::ContactCheckRecord>& records, bool) {
      for (const auto& record : records) copied.insert(record.id());
      return std::size_t{0};
    });
  };
  copy();
  for (auto& writer : writers) writer.join();
  copy();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(copied.size(), static_cast<std::size_t>(kThreads * kEach));
  EXPECT_EQ(std::set<std::string>(copied.begin(), copied.end()).size(), copied.size());
}

// What check-spool-sync costs (docs/performance.md): --gtest_also_run_disabled_tests --gtest_filter=Spool.DISABLED_*
TEST_F(Spool, DISABLED_ThePriceOfWaitingForTheDisk) {
  v1::ContactCheckRecord record;
  record.set_id("0190f7a0-0000-7000-8000-000000000000");
  record.mutable_answer()->add_matches()->add_instructions()->set_text(std::string(280, 'x'));
  std::string one;
  FrameRecord(record, one);
  for (const bool sync : {false, true}) {
    for (const int threads : {1, 8}) {
      for (const int batch : {1, 50}) {
        CheckSpool spool(folder_, {.most_bytes = 1LL << 30, .sync = sync});
        std::string bytes;
        for (int i = 0; i < batch; ++i) bytes += one;
        const int appends = sync ? 300 : 20'000;
        const auto start = std::chrono::steady_clock::now();
        std::vector<std::thread> writers;
        for (int t = 0; t < threads; ++t) {
          writers.emplace_back([&] {
            for (int i = 0; i < appends; ++i) EXPECT_TRUE(spool.Append(bytes).ok());
          });
        }
        for (auto& writer : writers) writer.join();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::printf("sync %-3s  %d threads  batches of %2d: %8.1f us an append, %8.0f records a second\n", sync ? "on" : "off", threads,
                    batch, took.count() * 1e6 / appends, static_cast<double>(threads) * appends * batch / took.count());
        spool.Drain([](const std::vector<v1::ContactCheckRecord>&, bool) { return std::size_t{0}; });
      }
    }
  }
}

}  // namespace
}  // namespace evenhand::restriction::check
