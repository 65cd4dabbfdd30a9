#include "services/incident/app/spooled_table.h"

#include <stdexcept>

#include <unistd.h>

namespace evenhand::incident {
namespace {

constexpr std::size_t kFirst = 1 << 10;
constexpr std::size_t kReadAtOnce = 1 << 12;  // slots, while it grows

std::uint64_t Named(std::uint64_t key) { return key == 0 ? 1 : key; }

}  // namespace

SpooledTable::Slot SpooledTable::Read(std::size_t at) const {
  if (!file_) return memory_[at];
  Slot slot;
  const auto offset = static_cast<off_t>(at * sizeof slot);
  if (::pread(::fileno(file_.get()), &slot, sizeof slot, offset) != sizeof slot) throw std::runtime_error("a spooled table can't be read");
  return slot;
}

void SpooledTable::Write(std::size_t at, const Slot& slot) {
  if (!file_) {
    memory_[at] = slot;
    return;
  }
  const auto offset = static_cast<off_t>(at * sizeof slot);
  if (::pwrite(::fileno(file_.get()), &slot, sizeof slot, offset) != sizeof slot)
    throw std::runtime_error("a spooled table can't be written");
}

std::size_t SpooledTable::PlaceOf(std::uint64_t key) const {
  for (std::size_t at = key & (capacity_ - 1);; at = (at + 1) & (capacity_ - 1)) {
    const std::uint64_t there = Read(at).key;
    if (there == 0 || there == key) return at;
  }
}

std::optional<std::uint64_t> SpooledTable::Find(std::uint64_t key) const {
  if (capacity_ == 0) return std::nullopt;
  const Slot slot = Read(PlaceOf(Named(key)));
  if (slot.key == 0) return std::nullopt;
  return slot.value;
}

void SpooledTable::Put(std::uint64_t key, std::uint64_t value) {
  if (2 * used_ >= capacity_) Grow();
  const std::size_t at = PlaceOf(Named(key));
  if (Read(at).key == 0) ++used_;
  Write(at, {Named(key), value});
}

// Twice as large, in a file once that is too large for memory; without a place for files it stays in memory.
void SpooledTable::Grow() {
  SpooledTable larger;
  larger.capacity_ = capacity_ == 0 ? kFirst : 2 * capacity_;
  if (larger.capacity_ > kMostInMemory) larger.file_.reset(std::tmpfile());
  if (larger.file_ && ::ftruncate(::fileno(larger.file_.get()), static_cast<off_t>(larger.capacity_ * sizeof(Slot))) != 0)
    throw std::runtime_error("a spooled table can't grow");
  if (!larger.file_) larger.memory_.resize(larger.capacity_);
  std::vector<Slot> some(file_ ? kReadAtOnce : 0);
  for (std::size_t at = 0; at < capacity_; ++at) {
    if (file_ && at % kReadAtOnce == 0) {
      const auto bytes = static_cast<ssize_t>(kReadAtOnce * sizeof(Slot));
      if (::pread(::fileno(file_.get()), some.data(), static_cast<std::size_t>(bytes), static_cast<off_t>(at * sizeof(Slot))) != bytes)
        throw std::runtime_error("a spooled table can't be read");
    }
    const Slot slot = file_ ? some[at % kReadAtOnce] : memory_[at];
    if (slot.key != 0) larger.Write(larger.PlaceOf(slot.key), slot);
  }
  larger.used_ = used_;
  *this = std::move(larger);
}

}  // namespace evenhand::incident
