// Handles → people → guidance, all in memory. Any number of readers, one writer (the follower's thread). A reader waits for nothing but
// one shard's few hundred nanoseconds; nobody ever sees a handle without its holder while people are moved or merged.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/synchronization/mutex.h>

#include "services/restriction/check/fingerprint.h"
#include "services/restriction/check/guidance.h"

namespace evenhand::restriction::check {

struct HandleFact {
  Fingerprint handle;
  bool shared = false;     // by a household
  bool confirmed = false;  // known to be this person's
};

// One person as the database has them now; replaces whatever the index had.
struct IndexedPerson {
  PersonId id;
  std::vector<HandleFact> handles;
  std::shared_ptr<const Guidance> guidance;  // null: none
};

// One holder of a handle.
struct Holder {
  PersonId person;
  bool shared = false;
  bool confirmed = false;
  std::shared_ptr<const Guidance> guidance;
};
using Holders = absl::InlinedVector<Holder, 2>;

class HandleIndex {
 public:
  explicit HandleIndex(std::size_t expected_handles);

  // Everyone who holds the handle; empty when nobody does. Safe from any thread.
  // `worth_telling` is false when no holder has guidance: the 95 % that need no more.
  Holders Find(const Fingerprint& handle, bool* worth_telling) const;

  // The writer's: all of these people at once. New holders and new guidance appear before old ones go, so that a merge or a move never
  // shows a handle without the guidance that belongs to it.
  void Apply(std::span<const IndexedPerson> people);

  // The writer's, while filling: one more handle of a person that may be there already.
  void AddHandle(const PersonId& person, const HandleFact& fact);
  void SetGuidance(const PersonId& person, std::shared_ptr<const Guidance> guidance);

  std::size_t handles() const { return handle_count_.load(std::memory_order_relaxed); }
  std::size_t people() const { return slots_.size(); }

 private:
  struct Person {
    PersonId id;
    std::atomic<bool> has_guidance{false};
    std::shared_ptr<const Guidance> guidance;  // guarded by the lock of its slot
    std::vector<Fingerprint> handles;          // the writer's alone
  };
  struct Link {
    std::uint32_t slot = 0;
    bool shared = false, confirmed = false;
    bool several = false;  // look in Shard::several instead
  };
  struct Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<Fingerprint, Link, FingerprintHash> links ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<Fingerprint, std::vector<Link>, FingerprintHash> several ABSL_GUARDED_BY(mutex);
  };

  static constexpr std::size_t kShards = 256;        // a growing shard moves at most some thousand handles at 2 million
  static constexpr std::size_t kChunk = 1024;        // people
  static constexpr std::size_t kChunks = 16 * 1024;  // 16 million people
  static constexpr std::size_t kLocks = 64;

  Shard& ShardOf(const Fingerprint& handle) { return shards_[handle.high % kShards]; }
  const Shard& ShardOf(const Fingerprint& handle) const { return shards_[handle.high % kShards]; }
  Person& At(std::uint32_t slot) const { return chunks_[slot / kChunk].load(std::memory_order_acquire)[slot % kChunk]; }
  std::uint32_t SlotOf(const PersonId& id);
  void PutLink(const Fingerprint& handle, Link link);
  void RemoveLink(const Fingerprint& handle, std::uint32_t slot);
  void SetGuidanceAt(std::uint32_t slot, std::shared_ptr<const Guidance> guidance);

  std::array<Shard, kShards> shards_;
  std::vector<std::atomic<Person*>> chunks_{kChunks};
  std::vector<std::unique_ptr<Person[]>> owned_chunks_;
  std::array<absl::Mutex, kLocks> mutable guidance_locks_;
  absl::flat_hash_map<PersonId, std::uint32_t, FingerprintHash> slots_;  // the writer's alone
  std::atomic<std::size_t> handle_count_{0};
};

}  // namespace evenhand::restriction::check
