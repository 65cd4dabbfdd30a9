// What staff were told, on this machine's disk before they are told it (12.4): appended in one write a batch, copied to PostgreSQL within
// a second, each record once, whatever is killed when. A full spool refuses the check; nothing is dropped. A record that can't be read or
// kept costs itself alone, and its file is set aside for a person to look at.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
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

// A file that holds what can't be read or kept: its name plus this. Named back, it is copied again.
inline constexpr char kAside[] = ".aside";

class CheckSpool {
 public:
  struct Options {
    std::int64_t most_bytes = 256LL << 20;
    bool sync = false;  // an answer waits until its record is on the disk, not with the kernel alone
  };
  // Files in `folder`, which is made if need be; what earlier processes left there is copied too.
  CheckSpool(std::string folder, Options options);

  // UNAVAILABLE when the spool is full or the disk refuses: the batch counts as not kept then.
  absl::Status Append(std::string_view batch);

  // Takes some records and returns how many of them can never be kept; it must recognise one that it took before. Before it returns from
  // the `last` ones of a file, whatever it has taken of that file must be where no crash can reach it: the file then leaves the disk.
  using Keep = std::function<std::size_t(const std::vector<v1::ContactCheckRecord>& records, bool last)>;
  // Hands everything that waits to `keep`, a portion at a time. An exception leaves the file for the next time. One caller at a time.
  void Drain(const Keep& keep);

  std::int64_t waiting_bytes() const;
  // Files that a person has to look at: set aside, or not to be opened.
  std::size_t troubled_files() const;

 private:
  struct File {
    explicit File(int descriptor) : fd(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    const int fd;
    std::int64_t size = 0;  // guarded by the spool's mutex_
    absl::Mutex sync_mutex;
    std::int64_t synced ABSL_GUARDED_BY(sync_mutex) = 0;
  };
  bool OpenFresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteBatch(std::string_view batch, std::shared_ptr<File>* file, std::int64_t* end) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Sync(File& file, std::int64_t end);
  void CountTroubled(const std::set<std::string>& unreadable);

  const std::string folder_;
  const Options options_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<File> file_ ABSL_GUARDED_BY(mutex_);  // being written
  std::int64_t closed_ ABSL_GUARDED_BY(mutex_) = 0;     // bytes in files that wait to be copied
  std::size_t troubled_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<std::string> told_;  // the copier's: unreadable files that the log has named
};

}  // namespace evenhand::restriction::check
