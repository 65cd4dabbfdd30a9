// A file encrypted chunk by chunk (libsodium's secretstream): constant memory, and a chunk damaged, missing or out of order is noticed.
#pragma once

#include <sodium.h>

#include <functional>
#include <string>
#include <string_view>

#include <absl/status/status.h>

namespace evenhand::incident {

inline constexpr std::size_t kChunkBytes = 64 * 1024;

std::string NewFileKey();

// Writes "<path>.part" and gives it its name when finished; broken off it leaves nothing.
class SealedFileWriter {
 public:
  SealedFileWriter(std::string path, const std::string& key, std::string bound_to);
  SealedFileWriter(const SealedFileWriter&) = delete;
  SealedFileWriter& operator=(const SealedFileWriter&) = delete;
  ~SealedFileWriter();

  absl::Status Write(std::string_view bytes);
  // The last chunk, on disk for good, under its name.
  absl::Status Finish();

 private:
  absl::Status Seal(std::string_view chunk, unsigned char tag);
  std::string part() const { return path_ + ".part"; }

  const std::string path_, bound_to_;
  int file_ = -1;
  bool finished_ = false;
  std::string pending_;
  crypto_secretstream_xchacha20poly1305_state state_;
};

// Reads the whole file, giving each chunk only after it proved whole. DATA_LOSS: damaged, cut, longer than it should be, or another
// file's, proved by its key; NOT_FOUND: not there; UNAVAILABLE: the disk refuses. `give` returns false to stop.
absl::Status ReadSealedFile(const std::string& path, const std::string& key, const std::string& bound_to,
                            const std::function<bool(std::string_view)>& give);

}  // namespace evenhand::incident
