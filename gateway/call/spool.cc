#include "gateway/call/spool.h"

#include <array>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "services/platform/base/check.h"

namespace evenhand::gateway {
namespace {

constexpr std::size_t kSealedBytes = Spool::kMemoryBytes + crypto_secretstream_xchacha20poly1305_ABYTES;
using Key = std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES>;

const Key& ProcessKey() {
  static const Key key = [] {
    EVENHAND_CHECK(sodium_init() >= 0, "there is a source of randomness");
    Key made;
    crypto_secretstream_xchacha20poly1305_keygen(made.data());
    return made;
  }();
  return key;
}

}  // namespace

Spool::Spool(std::string folder, std::shared_ptr<SpoolSpace> space) : folder_(std::move(folder)), space_(std::move(space)) {}

Spool::~Spool() {
  Clear();
  if (file_ >= 0) close(file_);
}

bool Spool::OpenFile() {
  if (file_ >= 0) return true;
  std::string path = folder_ + "/spool-XXXXXX";
  file_ = mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) return false;
  unlink(path.c_str());
  unsigned char header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
  crypto_secretstream_xchacha20poly1305_init_push(&out_, header, ProcessKey().data());
  return crypto_secretstream_xchacha20poly1305_init_pull(&in_, header, ProcessKey().data()) == 0;
}

bool Spool::Append(std::string_view bytes) {
  if (last_.empty() && read_ == written_ && first_.size() + bytes.size() <= kMemoryBytes) {
    first_ += bytes;
    return true;
  }
  while (!bytes.empty()) {
    const std::string_view some = bytes.substr(0, kMemoryBytes - last_.size());
    last_ += some;
    bytes.remove_prefix(some.size());
    if (last_.size() == kMemoryBytes && !Seal()) return false;
  }
  return true;
}

bool Spool::Seal() {
  if (!OpenFile()) return false;
  std::string sealed(kSealedBytes, '\0');
  crypto_secretstream_xchacha20poly1305_push(&out_, reinterpret_cast<unsigned char*>(sealed.data()), nullptr,
                                             reinterpret_cast<const unsigned char*>(last_.data()), last_.size(), nullptr, 0,
                                             crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  for (std::string_view rest = sealed; !rest.empty();) {
    const ssize_t n = pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(written_ + sealed.size() - rest.size()));
    if (n <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  written_ += sealed.size();
  space_->used_.fetch_add(sealed.size(), std::memory_order_relaxed);
  last_.clear();
  return true;
}

bool Spool::Unseal() {
  std::string sealed(kSealedBytes, '\0'), opened(kMemoryBytes, '\0');
  if (pread(file_, sealed.data(), sealed.size(), static_cast<off_t>(read_)) != static_cast<ssize_t>(sealed.size())) return false;
  if (crypto_secretstream_xchacha20poly1305_pull(&in_, reinterpret_cast<unsigned char*>(opened.data()), nullptr, nullptr,
                                                 reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size(), nullptr, 0) != 0)
    return false;
  first_ = std::move(opened);
  read_ += sealed.size();
  if (read_ == written_) Clear();
  return true;
}

// Gives the disk back once all of it has been read.
void Spool::Clear() {
  if (written_ == 0) return;
  space_->used_.fetch_sub(std::exchange(written_, 0), std::memory_order_relaxed);
  read_ = 0;
  if (ftruncate(file_, 0) != 0) return;
}

std::string Spool::Take(std::size_t most) {
  if (first_.empty() && read_ < written_ && !Unseal()) return {};
  if (first_.empty()) first_ = std::exchange(last_, {});
  if (first_.size() <= most) return std::exchange(first_, {});
  std::string out = first_.substr(0, most);
  first_.erase(0, most);
  return out;
}

}  // namespace evenhand::gateway
