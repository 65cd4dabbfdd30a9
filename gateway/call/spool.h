// Bytes that wait for a slow reader: a little in memory, the rest in a file without a name, so that neither a crash nor a reader that
// never comes leaves anything behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenhand::gateway {

class Spool {
 public:
  // What waits in memory at most.
  static constexpr std::size_t kMemoryBytes = 256 * 1024;

  explicit Spool(std::string folder) : folder_(std::move(folder)) {}
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // False: the disk is full or the file can't be made.
  bool Append(std::string_view bytes);
  // The oldest bytes, at most `most`; empty when nothing waits.
  std::string Take(std::size_t most);
  bool empty() const { return memory_.empty() && read_ == written_; }

 private:
  bool OpenFile();

  const std::string folder_;
  std::string memory_;  // older than what the file holds
  int file_ = -1;
  std::uint64_t read_ = 0, written_ = 0;
};

}  // namespace evenhand::gateway
