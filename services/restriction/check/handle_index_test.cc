#include "services/restriction/check/handle_index.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand::restriction::check {
namespace {

Fingerprint Phone(const std::string& number) { return FingerprintOf(HandleKind::kPhone, number); }

PersonId Id(std::uint64_t n) { return {0x0190000000007000ull, 0x8000000000000000ull | n}; }

std::shared_ptr<const Guidance> Blocked(const std::string& restriction) {
  auto guidance = std::make_shared<Guidance>();
  guidance->measures.push_back(
      {.id = "m", .restriction_id = restriction, .service_area = "Housing", .words = {.kind = MeasureKind::BLOCK_CHANNEL}});
  return guidance;
}

TEST(HandleIndex, AnUnknownHandleHasNoHolder) {
  const HandleIndex index(10);
  bool worth_telling = true;
  EXPECT_TRUE(index.Find(Phone("+447700900001"), &worth_telling).empty());
  EXPECT_FALSE(worth_telling);
}

TEST(HandleIndex, APersonWithoutGuidanceIsKnownButNotWorthTelling) {
  HandleIndex index(10);
  index.Apply(std::vector<IndexedPerson>{{Id(1), {{Phone("+447700900001"), false, true}}, nullptr}});
  bool worth_telling = true;
  index.Find(Phone("+447700900001"), &worth_telling);
  EXPECT_FALSE(worth_telling);
  EXPECT_EQ(index.handles(), 1u);
}

TEST(HandleIndex, TheSameTextOfAnotherKindIsAnotherHandle) {
  HandleIndex index(10);
  index.Apply(std::vector<IndexedPerson>{{Id(1), {{FingerprintOf(HandleKind::kCrmRef, "100"), false, true}}, Blocked("r")}});
  bool worth_telling = true;
  index.Find(FingerprintOf(HandleKind::kUprn, "100"), &worth_telling);
  EXPECT_FALSE(worth_telling);
}

TEST(HandleIndex, SeveralHoldersAreAllFoundAndLeaveOneByOne) {
  HandleIndex index(10);
  const HandleFact fact{Phone("+447700900001"), false, true};
  index.Apply(std::vector<IndexedPerson>{{Id(1), {fact}, Blocked("r")}, {Id(2), {fact}, nullptr}, {Id(3), {fact}, nullptr}});
  bool worth_telling = false;
  EXPECT_EQ(index.Find(fact.handle, &worth_telling).size(), 3u);
  index.Apply(std::vector<IndexedPerson>{{Id(2), {}, nullptr}});
  EXPECT_EQ(index.Find(fact.handle, &worth_telling).size(), 2u);
  index.Apply(std::vector<IndexedPerson>{{Id(3), {}, nullptr}});
  const Holders left = index.Find(fact.handle, &worth_telling);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].person, Id(1));
  index.Apply(std::vector<IndexedPerson>{{Id(1), {}, nullptr}});
  EXPECT_TRUE(index.Find(fact.handle, &worth_telling).empty());
  EXPECT_EQ(index.handles(), 0u);
}

TEST(HandleIndex, ARecordReplacesWhatWasThereFlagsIncluded) {
  HandleIndex index(10);
  index.Apply(std::vector<IndexedPerson>{{Id(1), {{Phone("a"), false, true}, {Phone("b"), false, true}}, Blocked("r")}});
  index.Apply(std::vector<IndexedPerson>{{Id(1), {{Phone("b"), true, false}, {Phone("c"), false, true}}, Blocked("r")}});
  bool worth_telling = false;
  EXPECT_TRUE(index.Find(Phone("a"), &worth_telling).empty());
  const Holders b = index.Find(Phone("b"), &worth_telling);
  ASSERT_EQ(b.size(), 1u);
  EXPECT_TRUE(b[0].shared);
  EXPECT_FALSE(b[0].confirmed);
  EXPECT_EQ(index.Find(Phone("c"), &worth_telling).size(), 1u);
}

// Scenario 5: while a merge moves handle and guidance, no reader sees the handle without guidance.
TEST(Scenario5, AMergeNeverShowsTheHandleWithoutGuidance) {
  HandleIndex index(10);
  const HandleFact fact{Phone("+447700900001"), false, true};
  const IndexedPerson old_with{Id(1), {fact}, Blocked("r")}, old_without{Id(1), {}, nullptr};
  const IndexedPerson survivor_with{Id(2), {fact}, Blocked("r")}, survivor_without{Id(2), {}, nullptr};
  index.Apply(std::vector{old_with, survivor_without});
  std::atomic<bool> stop{false};
  std::atomic<int> bare{0}, looks{0};
  std::thread reader([&] {
    while (!stop) {
      bool worth_telling = false;
      index.Find(fact.handle, &worth_telling);
      bare += !worth_telling;
      ++looks;
    }
  });
  while (looks < 1000) std::this_thread::yield();
  for (int i = 0; i < 20'000; ++i) {
    index.Apply(std::vector{old_without, survivor_with});
    index.Apply(std::vector{survivor_without, old_with});
  }
  stop = true;
  reader.join();
  EXPECT_EQ(bare, 0) << "of " << looks;
}

TEST(HandleIndex, ReadersAndAWriterAtOnce) {
  HandleIndex index(0);
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int r = 0; r < 2; ++r)
    readers.emplace_back([&, r] {
      for (std::uint64_t n = r; !stop; n += 7) {
        bool worth_telling = false;
        index.Find(Phone(std::to_string(n % 50'000)), &worth_telling);
      }
    });
  for (std::uint64_t n = 0; n < 50'000; ++n)
    index.Apply(std::vector<IndexedPerson>{{Id(n), {{Phone(std::to_string(n)), false, true}}, n % 10 == 0 ? Blocked("r") : nullptr}});
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(index.handles(), 50'000u);
}

TEST(PersonIds, AreReadAndWrittenAsUuids) {
  const std::string text = "0190a1b2-c3d4-7e5f-8091-a2b3c4d5e6f7";
  ASSERT_TRUE(ParsePersonId(text));
  EXPECT_EQ(FormatPersonId(*ParsePersonId(text)), text);
  EXPECT_FALSE(ParsePersonId("0190a1b2-c3d4-7e5f-8091-a2b3c4d5e6fz"));
  EXPECT_FALSE(ParsePersonId("no uuid"));
}

}  // namespace
}  // namespace evenhand::restriction::check
