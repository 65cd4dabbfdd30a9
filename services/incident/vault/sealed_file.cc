#include "services/incident/vault/sealed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <absl/status/statusor.h>

namespace evenhand::incident {
namespace {

constexpr std::size_t kHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::Status WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return absl::UnavailableError("evidence can't be written");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

// A file that is read; that it is not there, or its disk refuses, says nothing about what is in it.
class Source {
 public:
  explicit Source(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ >= 0) return;
    opened_ = errno == ENOENT ? absl::NotFoundError("the file is not there") : absl::UnavailableError("the file can't be opened");
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    if (file_ >= 0) ::close(file_);
  }

  const absl::Status& opened() const { return opened_; }

  // Fills `bytes`, less at the end of the file.
  absl::StatusOr<std::size_t> Read(std::string& bytes) const {
    std::size_t got = 0;
    while (got < bytes.size()) {
      const ssize_t more = ::read(file_, bytes.data() + got, bytes.size() - got);
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) return absl::UnavailableError("the file can't be read");
      if (more == 0) break;
      got += static_cast<std::size_t>(more);
    }
    return got;
  }

 private:
  const int file_;
  absl::Status opened_;
};

}  // namespace

std::string NewFileKey() {
  std::string key(crypto_secretstream_xchacha20poly1305_KEYBYTES, '\0');
  crypto_secretstream_xchacha20poly1305_keygen(reinterpret_cast<unsigned char*>(key.data()));
  return key;
}

SealedFileWriter::SealedFileWriter(std::string path, const std::string& key, std::string bound_to)
    : path_(std::move(path)), bound_to_(std::move(bound_to)) {
  file_ = ::open(part().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  std::string header(kHeader, '\0');
  crypto_secretstream_xchacha20poly1305_init_push(&state_, reinterpret_cast<unsigned char*>(header.data()), Bytes(key));
  if (file_ >= 0 && !WriteAll(file_, header).ok()) {
    ::close(file_);
    file_ = -1;
  }
}

SealedFileWriter::~SealedFileWriter() {
  if (file_ >= 0) ::close(file_);
  if (!finished_) ::unlink(part().c_str());
}

absl::Status SealedFileWriter::Write(std::string_view bytes) {
  if (file_ < 0) return absl::UnavailableError("evidence can't be written");
  pending_.append(bytes);
  // One chunk stays back: the last one carries the mark of the end.
  std::size_t at = 0;
  for (; pending_.size() - at > kChunkBytes; at += kChunkBytes) {
    if (auto status = Seal(std::string_view(pending_).substr(at, kChunkBytes), crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
        !status.ok())
      return status;
  }
  pending_.erase(0, at);
  return absl::OkStatus();
}

absl::Status SealedFileWriter::Seal(std::string_view chunk, unsigned char tag) {
  std::string sealed(chunk.size() + kOverhead, '\0');
  crypto_secretstream_xchacha20poly1305_push(&state_, reinterpret_cast<unsigned char*>(sealed.data()), nullptr, Bytes(chunk), chunk.size(),
                                             Bytes(bound_to_), bound_to_.size(), tag);
  return WriteAll(file_, sealed);
}

absl::Status SealedFileWriter::Finish() {
  if (file_ < 0) return absl::UnavailableError("evidence can't be written");
  if (auto status = Seal(pending_, crypto_secretstream_xchacha20poly1305_TAG_FINAL); !status.ok()) return status;
  if (::fsync(file_) != 0 || ::rename(part().c_str(), path_.c_str()) != 0) return absl::UnavailableError("evidence can't be kept");
  finished_ = true;
  const int folder = ::open(path_.substr(0, path_.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    (void)::fsync(folder);
    ::close(folder);
  }
  return absl::OkStatus();
}

absl::Status ReadSealedFile(const std::string& path, const std::string& key, const std::string& bound_to,
                            const std::function<bool(std::string_view)>& give) {
  const Source in(path);
  if (!in.opened().ok()) return in.opened();
  const absl::Status damaged = absl::DataLossError("a chunk is damaged, missing or out of order");
  std::string header(kHeader, '\0');
  absl::StatusOr<std::size_t> got = in.Read(header);
  if (!got.ok()) return got.status();
  crypto_secretstream_xchacha20poly1305_state state;
  if (*got < kHeader || crypto_secretstream_xchacha20poly1305_init_pull(&state, Bytes(header), Bytes(key)) != 0) return damaged;
  std::string sealed(kChunkBytes + kOverhead, '\0'), opened(kChunkBytes, '\0');
  while (true) {
    got = in.Read(sealed);
    if (!got.ok()) return got.status();
    if (*got < kOverhead) return damaged;  // it ended without the mark of the end
    unsigned char tag = 0;
    if (crypto_secretstream_xchacha20poly1305_pull(&state, reinterpret_cast<unsigned char*>(opened.data()), nullptr, &tag, Bytes(sealed),
                                                   *got, Bytes(bound_to), bound_to.size()) != 0)
      return damaged;
    if (!give(std::string_view(opened).substr(0, *got - kOverhead))) return absl::OkStatus();
    if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) continue;
    got = in.Read(sealed);
    if (!got.ok()) return got.status();
    return *got == 0 ? absl::OkStatus() : damaged;
  }
}

}  // namespace evenhand::incident
