#include "services/restriction/check/check_spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "services/platform/base/uuid.h"
#include "services/platform/obs/log.h"

namespace evenhand::restriction::check {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr std::size_t kLargeFile = 512 * 1024;
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

// The next record of `bytes` at `offset`, which moves on; false at the end and at a record that a kill cut short: it was never answered.
bool NextRecord(const std::string& bytes, std::size_t& offset, v1::ContactCheckRecord& record) {
  Frame frame;
  if (bytes.size() - offset < sizeof(frame)) return false;
  std::memcpy(&frame, bytes.data() + offset, sizeof(frame));
  const char* body = bytes.data() + offset + sizeof(frame);
  if (bytes.size() - offset - sizeof(frame) < frame.length || ChecksumOf(body, frame.length) != frame.checksum) return false;
  offset += sizeof(frame) + frame.length;
  return record.ParseFromArray(body, static_cast<int>(frame.length));
}

// The next records of `bytes`, `most` at most.
std::vector<v1::ContactCheckRecord> NextRecords(const std::string& bytes, std::size_t& offset, std::size_t most) {
  std::vector<v1::ContactCheckRecord> records;
  v1::ContactCheckRecord record;
  while (records.size() < most && NextRecord(bytes, offset, record)) records.push_back(std::move(record));
  return records;
}

void CopyFile(const std::string& path, const CheckSpool::Keep& keep) {
  std::error_code error;
  std::string bytes(std::filesystem::file_size(path, error), '\0');
  std::ifstream file(path, std::ios::binary);
  if (error || !file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) throw std::runtime_error("a spool file can't be read");
  const std::size_t most = bytes.size() > kLargeFile ? kLargePortion : kPortion;
  std::size_t offset = 0;
  std::vector<v1::ContactCheckRecord> records = NextRecords(bytes, offset, most);
  while (!records.empty()) {
    std::vector<v1::ContactCheckRecord> following = NextRecords(bytes, offset, most);
    keep(records, following.empty());
    records = std::move(following);
  }
  if (offset < bytes.size()) Log(Level::kWarning, "a check's record was cut short by the end of its process; its answer was never given");
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

CheckSpool::CheckSpool(std::string folder, std::int64_t most_bytes) : folder_(std::move(folder)), most_bytes_(most_bytes) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const absl::MutexLock lock(&mutex_);
  for (const auto& file : std::filesystem::directory_iterator(folder_, error))
    if (file.path().extension() == kSuffix) closed_ += static_cast<std::int64_t>(file.file_size(error));
}

CheckSpool::~CheckSpool() {
  const absl::MutexLock lock(&mutex_);
  if (fd_ >= 0) close(fd_);
}

bool CheckSpool::OpenFresh() {
  // Named only once it is locked: whoever copies would otherwise lock it first, and remove it from under its writer.
  const std::string unnamed = folder_ + "/" + NewUuid() + ".new";
  const std::string named = std::filesystem::path(unnamed).replace_extension(kSuffix);
  size_ = 0;
  // Locked for the file's life: another process that shares the folder leaves a file alone whose writer lives.
  fd_ = open(unnamed.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) == 0 && rename(unnamed.c_str(), named.c_str()) == 0) return true;
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  return false;
}

absl::Status CheckSpool::Append(std::string_view batch) {
  const absl::MutexLock lock(&mutex_);
  const auto size = static_cast<std::int64_t>(batch.size());
  if (closed_ + size_ + size > most_bytes_) return absl::UnavailableError("the spool of audit records is full");
  if (fd_ < 0 && !OpenFresh()) return absl::UnavailableError("the spool of audit records can't be written");
  const ssize_t written = write(fd_, batch.data(), batch.size());
  if (written == size) {
    size_ += size;
    return absl::OkStatus();
  }
  if (written > 0 && ftruncate(fd_, size_) != 0) {
    close(fd_);  // what follows the torn record would be lost: start another file
    fd_ = -1;
    closed_ += size_;
  }
  return absl::UnavailableError("the spool of audit records can't be written");
}

void CheckSpool::Drain(const Keep& keep) {
  {
    const absl::MutexLock lock(&mutex_);
    if (fd_ >= 0 && size_ > 0) {
      close(fd_);
      fd_ = -1;
      closed_ += size_;
      size_ = 0;
    }
  }
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    const std::string path = file.path();
    if (file.path().extension() != kSuffix) continue;
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    struct stat found{};
    // Who copied it first has removed it by now.
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &found) == 0 && found.st_nlink > 0) {
      try {
        CopyFile(path, keep);
      } catch (...) {
        close(fd);
        throw;
      }
      unlink(path.c_str());
      const absl::MutexLock lock(&mutex_);
      closed_ = std::max<std::int64_t>(closed_ - found.st_size, 0);
    }
    close(fd);
  }
}

std::int64_t CheckSpool::waiting_bytes() const {
  const absl::MutexLock lock(&mutex_);
  return closed_ + size_;
}

}  // namespace evenhand::restriction::check
