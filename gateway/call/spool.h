// Bytes that wait for a slow reader or a slow writer: a little in memory, the rest in a file without a name, so that neither a crash nor
// somebody who never comes leaves anything behind. What reaches the disk is sealed under a key that this process alone has, and that ends
// with it (policy 12.3).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sodium.h>

namespace evenhand::gateway {

// The disk that all spools share, counted.
class SpoolSpace {
 public:
  explicit SpoolSpace(std::uint64_t bytes) : bytes_(bytes) {}
  bool full() const { return used_.load(std::memory_order_relaxed) >= bytes_; }

 private:
  friend class Spool;
  const std::uint64_t bytes_;
  std::atomic<std::uint64_t> used_{0};
};

class Spool {
 public:
  // What waits in memory at most, on either side of the file, and what is sealed together.
  static constexpr std::size_t kMemoryBytes = 64 * 1024;

  Spool(std::string folder, std::shared_ptr<SpoolSpace> space);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // False: the disk is full or the file can't be made.
  bool Append(std::string_view bytes);
  // The oldest bytes, at most `most`; empty when nothing waits, or what waits can't be read.
  std::string Take(std::size_t most);
  bool empty() const { return first_.empty() && last_.empty() && read_ == written_; }

 private:
  bool OpenFile();
  bool Seal();    // last_ → the file
  bool Unseal();  // the file → first_
  void Clear();

  const std::string folder_;
  const std::shared_ptr<SpoolSpace> space_;
  std::string first_, last_;  // older than what the file holds, and younger
  int file_ = -1;
  std::uint64_t read_ = 0, written_ = 0;
  crypto_secretstream_xchacha20poly1305_state in_{}, out_{};
};

}  // namespace evenhand::gateway
