// A table of numbers that outgrows no memory: the first quarter of a million lie there, more of them in a file without a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

namespace evenhand::incident {

class SpooledTable {
 public:
  static constexpr std::size_t kMostInMemory = 1 << 18;  // slots of 16 bytes: 4 MiB

  std::optional<std::uint64_t> Find(std::uint64_t key) const;
  void Put(std::uint64_t key, std::uint64_t value);  // throws when the disk is full

  bool spooled() const { return file_ != nullptr; }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    std::uint64_t value = 0;
  };
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  Slot Read(std::size_t at) const;
  void Write(std::size_t at, const Slot& slot);
  std::size_t PlaceOf(std::uint64_t key) const;  // where it is, or would be
  void Grow();

  std::size_t capacity_ = 0, used_ = 0;
  std::vector<Slot> memory_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace evenhand::incident
