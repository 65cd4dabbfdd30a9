// What staff were told, on this machine's disk before they are told it (12.4): appended in one write a batch, copied to PostgreSQL within
// a second, each record once, whatever is killed when. A full spool refuses the check; nothing is dropped.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>

#include "evenhand/restriction/v1/contact_service.pb.h"

namespace evenhand::restriction::check {

// Records of one portion. A small file goes in small portions: what asks the database meanwhile, or shares the processor with it, need not
// wait behind a large one. A large file goes in large portions: it has to be got rid of, however far away the database is.
inline constexpr std::size_t kPortion = 10, kLargePortion = 100;

// Adds a record to a batch: length, checksum, bytes.
void FrameRecord(const v1::ContactCheckRecord& record, std::string& batch);
// The same of a `record` that has no answer yet, and the serialised answer: it need not be made a message again to be written.
void FrameRecord(const v1::ContactCheckRecord& record, std::string_view answer, std::string& batch);

class CheckSpool {
 public:
  // Files in `folder`, which is made if need be; what earlier processes left there is copied too.
  CheckSpool(std::string folder, std::int64_t most_bytes);
  ~CheckSpool();

  // UNAVAILABLE when the spool is full or the disk refuses: nothing of the batch is kept then.
  absl::Status Append(std::string_view batch);

  // Takes some records; it must recognise one that it took before. Before it returns from the `last` ones of a file, whatever it has taken
  // of that file must be where no crash can reach it: the file then leaves the disk.
  using Keep = std::function<void(const std::vector<v1::ContactCheckRecord>& records, bool last)>;
  // Hands everything that waits to `keep`, a portion at a time. An exception leaves the file for the next time. One caller at a time.
  void Drain(const Keep& keep);

  std::int64_t waiting_bytes() const;

 private:
  bool OpenFresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string folder_;
  const std::int64_t most_bytes_;
  mutable absl::Mutex mutex_;
  int fd_ ABSL_GUARDED_BY(mutex_) = -1;
  std::int64_t size_ ABSL_GUARDED_BY(mutex_) = 0;    // of the file being written
  std::int64_t closed_ ABSL_GUARDED_BY(mutex_) = 0;  // bytes in files that wait to be copied
};

}  // namespace evenhand::restriction::check
