#include "services/restriction/check/check_spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include <absl/strings/str_cat.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "services/platform/base/protection.h"
#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"

namespace evenhand::restriction::check {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr std::size_t kLargeFile = 512 * 1024;
constexpr std::size_t kLargestRecord = 4 * 1024 * 1024;  // far above any answer; a damaged length is mostly above it
constexpr char kSuffix[] = ".spool";

struct Frame {
  std::uint32_t length = 0;
  std::uint32_t checksum = 0;
};

std::uint32_t ChecksumOf(const char* bytes, std::size_t size) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes), static_cast<uInt>(size)));
}

// Space for the frame of a record that is appended next; where it begins.
std::size_t BeginFrame(std::string& batch) {
  const std::size_t start = batch.size();
  batch.append(sizeof(Frame), '\0');
  return start;
}

void EndFrame(std::size_t start, std::string& batch) {
  const char* body = batch.data() + start + sizeof(Frame);
  const std::size_t length = batch.size() - start - sizeof(Frame);
  const Frame frame{static_cast<std::uint32_t>(length), ChecksumOf(body, length)};
  std::memcpy(batch.data() + start, &frame, sizeof(frame));
}

// The records of a file, one by one. What can't be read is passed over: by its length where its checksum holds, else to the next place
// where a whole record begins.
class Records {
 public:
  explicit Records(std::string bytes) : bytes_(std::move(bytes)) {}

  std::size_t size() const { return bytes_.size(); }
  // Bytes that were passed over.
  std::size_t unread() const { return unread_; }

  // The next ones, `most` at most.
  std::vector<v1::ContactCheckRecord> Next(std::size_t most) {
    std::vector<v1::ContactCheckRecord> records;
    v1::ContactCheckRecord record;
    while (records.size() < most && Next(record)) records.push_back(std::move(record));
    return records;
  }

 private:
  bool Next(v1::ContactCheckRecord& record) {
    while (at_ < bytes_.size()) {
      const std::size_t size = WholeAt(at_);
      if (size == 0) {
        ++at_;
        ++unread_;
        continue;
      }
      const char* body = bytes_.data() + at_ + sizeof(Frame);
      at_ += size;
      if (record.ParseFromArray(body, static_cast<int>(size - sizeof(Frame)))) return true;
      unread_ += size;
    }
    return false;
  }

  // The size of a whole record with its frame at `at`; 0 where there is none.
  std::size_t WholeAt(std::size_t at) const {
    Frame frame;
    if (bytes_.size() - at < sizeof(frame)) return 0;
    std::memcpy(&frame, bytes_.data() + at, sizeof(frame));
    // An empty record has nothing to say, and a run of zeros would look like many.
    if (frame.length == 0 || frame.length > kLargestRecord || frame.length > bytes_.size() - at - sizeof(frame)) return 0;
    return ChecksumOf(bytes_.data() + at + sizeof(frame), frame.length) == frame.checksum ? sizeof(frame) + frame.length : 0;
  }

  const std::string bytes_;
  std::size_t at_ = 0, unread_ = 0;
};

std::optional<std::string> ReadWhole(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return std::nullopt;
  std::string bytes(size, '\0');
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return bytes;
}

// Hands the records to `keep`; false when something in the file was not understood, or can't be kept.
bool CopyRecords(const std::string& path, Records records, const CheckSpool::Keep& keep) {
  const std::size_t most = records.size() > kLargeFile ? kLargePortion : kPortion;
  std::size_t copied = 0, refused = 0;
  std::vector<v1::ContactCheckRecord> portion = records.Next(most);
  while (!portion.empty()) {
    std::vector<v1::ContactCheckRecord> following = records.Next(most);
    const std::size_t no = keep(portion, following.empty());
    refused += no;
    copied += portion.size() - no;
    portion = std::move(following);
  }
  if ((records.unread() == 0 && refused == 0) || !ProtectionOn(Protection::kSpoolSetAside)) return true;
  Log(Level::kError,
      "a spool file of contact checks holds what can't be read or kept: its other records were copied, the file is set aside",
      {{"file", std::filesystem::path(path).filename().string()},
       {"copied", absl::StrCat(copied)},
       {"refused by the database", absl::StrCat(refused)},
       {"bytes not understood", absl::StrCat(records.unread())}});
  return false;
}

}  // namespace

void FrameRecord(const v1::ContactCheckRecord& record, std::string& batch) {
  const std::size_t start = BeginFrame(batch);
  record.AppendToString(&batch);
  EndFrame(start, batch);
}

void FrameRecord(const v1::ContactCheckRecord& record, std::string_view answer, std::string& batch) {
  const std::size_t start = BeginFrame(batch);
  record.AppendToString(&batch);
  // The fields of a message may come in any order, and a message within it is its bytes.
  std::array<std::uint8_t, 10> head;
  std::uint8_t* end =
      WireFormatLite::WriteTagToArray(v1::ContactCheckRecord::kAnswerFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, head.data());
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(answer.size()), end);
  batch.append(reinterpret_cast<const char*>(head.data()), static_cast<std::size_t>(end - head.data())).append(answer);
  EndFrame(start, batch);
}

CheckSpool::File::~File() { close(fd); }

CheckSpool::CheckSpool(std::string folder, Options options) : folder_(std::move(folder)), options_(options) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  chmod(folder_.c_str(), 0700);
  const absl::MutexLock lock(&mutex_);
  for (const auto& file : std::filesystem::directory_iterator(folder_, error)) {
    if (file.path().extension() == kSuffix) closed_ += static_cast<std::int64_t>(file.file_size(error));
    if (file.path().extension() == kAside) ++troubled_;
  }
}

bool CheckSpool::OpenFresh() {
  // Named only once it is locked: whoever copies would otherwise lock it first, and remove it from under its writer.
  const std::string unnamed = folder_ + "/" + NewUuid() + ".new";
  const std::string named = std::filesystem::path(unnamed).replace_extension(kSuffix);
  const int fd = open(unnamed.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  auto file = std::make_shared<File>(fd);
  // Locked for the file's life: another process that shares the folder leaves a file alone whose writer lives.
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 || rename(unnamed.c_str(), named.c_str()) != 0) return false;
  if (options_.sync) {  // a file that is on the disk without its name is lost as well
    const int folder = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0) close(folder);
    if (!synced) return false;
  }
  file_ = std::move(file);
  return true;
}

absl::Status CheckSpool::Append(std::string_view batch) {
  std::shared_ptr<File> file;
  std::int64_t end = 0;
  {
    const absl::MutexLock lock(&mutex_);
    if (absl::Status status = WriteBatch(batch, &file, &end); !status.ok()) return status;
  }
  return options_.sync ? Sync(*file, end) : absl::OkStatus();
}

absl::Status CheckSpool::WriteBatch(std::string_view batch, std::shared_ptr<File>* file, std::int64_t* end) {
  const auto size = static_cast<std::int64_t>(batch.size());
  const std::int64_t before = file_ == nullptr ? 0 : file_->size;
  if (closed_ + before + size > options_.most_bytes) return absl::UnavailableError("the spool of audit records is full");
  if (file_ == nullptr && !OpenFresh()) return absl::UnavailableError("the spool of audit records can't be written");
  const ssize_t written = write(file_->fd, batch.data(), batch.size());
  if (written == size) {
    file_->size += size;
    *file = file_;
    *end = file_->size;
    return absl::OkStatus();
  }
  if (written > 0 && ftruncate(file_->fd, file_->size) != 0) {
    closed_ += file_->size + written;  // the torn record stays: its file will be set aside, what follows gets another
    file_ = nullptr;
  }
  return absl::UnavailableError("the spool of audit records can't be written");
}

// One waits for the disk for all whose records were written meanwhile.
absl::Status CheckSpool::Sync(File& file, std::int64_t end) {
  const absl::MutexLock lock(&file.sync_mutex);
  if (file.synced >= end) return absl::OkStatus();
  std::int64_t reached = 0;
  {
    const absl::MutexLock size_lock(&mutex_);
    reached = file.size;
  }
  if (fdatasync(file.fd) != 0) return absl::UnavailableError("the spool of audit records can't be written");
  file.synced = reached;
  return absl::OkStatus();
}

void CheckSpool::Drain(const Keep& keep) {
  {
    const absl::MutexLock lock(&mutex_);
    if (file_ != nullptr && file_->size > 0) {
      closed_ += file_->size;
      file_ = nullptr;  // whoever waits for the disk keeps it open, and locked, a little longer: it is copied the next time
    }
  }
  std::set<std::string> unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string path = entry.path();
    if (entry.path().extension() != kSuffix) continue;
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      if (errno != ENOENT) unreadable.insert(path);
      continue;
    }
    const File file(fd);
    struct stat found{};
    // Who copied it first has removed it by now.
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &found) != 0 || found.st_nlink == 0) continue;
    std::optional<std::string> bytes = ReadWhole(path);
    if (!bytes) {
      unreadable.insert(path);
      continue;
    }
    if (CopyRecords(path, Records(*std::move(bytes)), keep)) {
      unlink(path.c_str());
    } else if (rename(path.c_str(), (path + kAside).c_str()) != 0) {
      unreadable.insert(path);
      continue;
    }
    const absl::MutexLock lock(&mutex_);
    closed_ = std::max<std::int64_t>(closed_ - found.st_size, 0);
  }
  CountTroubled(unreadable);
}

void CheckSpool::CountTroubled(const std::set<std::string>& unreadable) {
  for (const std::string& path : unreadable) {
    if (!told_.contains(path))
      Log(Level::kError, "a spool file of contact checks can't be read now; it stays and is tried again",
          {{"file", std::filesystem::path(path).filename().string()}});
  }
  told_ = unreadable;
  std::size_t troubled = unreadable.size();
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder_, error))
    if (file.path().extension() == kAside) ++troubled;
  const absl::MutexLock lock(&mutex_);
  troubled_ = troubled;
}

std::int64_t CheckSpool::waiting_bytes() const {
  const absl::MutexLock lock(&mutex_);
  return closed_ + (file_ == nullptr ? 0 : file_->size);
}

std::size_t CheckSpool::troubled_files() const {
  const absl::MutexLock lock(&mutex_);
  return troubled_;
}

}  // namespace evenhand::restriction::check
