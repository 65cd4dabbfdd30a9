#include "services/restriction/check/handle_index.h"

#include <algorithm>

#include "services/platform/base/check.h"

namespace evenhand::restriction::check {

HandleIndex::HandleIndex(std::size_t expected_handles) {
  slots_.reserve(expected_handles);
  for (Shard& shard : shards_) {
    const absl::MutexLock lock(&shard.mutex);
    shard.links.reserve(expected_handles / kShards);
  }
}

Holders HandleIndex::Find(const Fingerprint& handle, bool* worth_telling) const {
  *worth_telling = false;
  const Shard& shard = ShardOf(handle);
  // Held until the guidance is read: a writer that moves the handle waits here before it takes the old holder's guidance away.
  const absl::ReaderMutexLock lock(&shard.mutex);
  const auto found = shard.links.find(handle);
  if (found == shard.links.end()) return {};
  const std::span<const Link> links =
      found->second.several ? std::span<const Link>(shard.several.at(handle)) : std::span(&found->second, 1);
  *worth_telling = std::ranges::any_of(links, [&](const Link& link) { return At(link.slot).has_guidance.load(std::memory_order_acquire); });
  Holders holders;
  if (!*worth_telling) return holders;
  for (const Link& link : links) {
    const Person& person = At(link.slot);
    const absl::ReaderMutexLock guidance_lock(&guidance_locks_[link.slot % kLocks]);
    holders.push_back({person.id, link.shared, link.confirmed, person.guidance});
  }
  return holders;
}

void HandleIndex::Apply(std::span<const IndexedPerson> people) {
  for (const IndexedPerson& person : people) {
    const std::uint32_t slot = SlotOf(person.id);
    if (person.guidance) SetGuidanceAt(slot, person.guidance);
    for (const HandleFact& fact : person.handles) PutLink(fact.handle, {slot, fact.shared, fact.confirmed, false});
  }
  for (const IndexedPerson& person : people) {
    const std::uint32_t slot = SlotOf(person.id);
    std::vector<Fingerprint> now;
    now.reserve(person.handles.size());
    for (const HandleFact& fact : person.handles) now.push_back(fact.handle);
    std::ranges::sort(now);
    now.erase(std::unique(now.begin(), now.end()), now.end());
    Person& kept = At(slot);
    for (const Fingerprint& before : kept.handles)
      if (!std::ranges::binary_search(now, before)) RemoveLink(before, slot);
    kept.handles = std::move(now);
    if (!person.guidance) SetGuidanceAt(slot, nullptr);
  }
}

void HandleIndex::AddHandle(const PersonId& person, const HandleFact& fact) {
  const std::uint32_t slot = SlotOf(person);
  PutLink(fact.handle, {slot, fact.shared, fact.confirmed, false});
  std::vector<Fingerprint>& handles = At(slot).handles;
  if (std::ranges::find(handles, fact.handle) == handles.end()) handles.push_back(fact.handle);
}

void HandleIndex::SetGuidance(const PersonId& person, std::shared_ptr<const Guidance> guidance) {
  SetGuidanceAt(SlotOf(person), std::move(guidance));
}

std::uint32_t HandleIndex::SlotOf(const PersonId& id) {
  const auto [entry, fresh] = slots_.try_emplace(id, static_cast<std::uint32_t>(slots_.size()));
  const std::uint32_t slot = entry->second;
  if (!fresh) return slot;
  EVENHAND_CHECK(slot / kChunk < kChunks, "more people than the index is made for");
  if (slot % kChunk == 0) {
    owned_chunks_.push_back(std::make_unique<Person[]>(kChunk));
    chunks_[slot / kChunk].store(owned_chunks_.back().get(), std::memory_order_release);
  }
  At(slot).id = id;  // no link leads here yet
  return slot;
}

void HandleIndex::PutLink(const Fingerprint& handle, Link link) {
  Shard& shard = ShardOf(handle);
  const absl::MutexLock lock(&shard.mutex);
  const auto [entry, fresh] = shard.links.try_emplace(handle, link);
  if (fresh) {
    handle_count_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  Link& present = entry->second;
  if (!present.several) {
    if (present.slot == link.slot) {
      present = link;
      return;
    }
    shard.several[handle] = {present, link};
    present.several = true;
    return;
  }
  std::vector<Link>& several = shard.several[handle];
  const auto own = std::ranges::find(several, link.slot, &Link::slot);
  if (own != several.end()) {
    *own = link;
  } else {
    several.push_back(link);
  }
}

void HandleIndex::RemoveLink(const Fingerprint& handle, std::uint32_t slot) {
  Shard& shard = ShardOf(handle);
  const absl::MutexLock lock(&shard.mutex);
  const auto entry = shard.links.find(handle);
  if (entry == shard.links.end()) return;
  if (!entry->second.several) {
    if (entry->second.slot != slot) return;
    shard.links.erase(entry);
    handle_count_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  std::vector<Link>& several = shard.several[handle];
  std::erase_if(several, [&](const Link& link) { return link.slot == slot; });
  if (several.size() > 1) return;
  entry->second = several.front();
  shard.several.erase(handle);
}

void HandleIndex::SetGuidanceAt(std::uint32_t slot, std::shared_ptr<const Guidance> guidance) {
  Person& person = At(slot);
  const bool has = guidance != nullptr;
  {
    const absl::MutexLock lock(&guidance_locks_[slot % kLocks]);
    person.guidance.swap(guidance);
  }
  person.has_guidance.store(has, std::memory_order_release);
}

}  // namespace evenhand::restriction::check
