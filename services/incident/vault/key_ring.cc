#include "services/incident/vault/key_ring.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

namespace evenhand::incident {
namespace {

const unsigned char* Bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

// Two replicas may start at once: the key is made aside and linked into place, and whoever was first wins.
absl::Status KeyRing::Create() const {
  std::string key(crypto_secretbox_KEYBYTES, '\0');
  randombytes_buf(key.data(), key.size());
  const std::string line = absl::StrCat("key-1 ", absl::Base64Escape(key), "\n");
  const std::string aside = absl::StrCat(path_, ".", ::getpid());
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return absl::UnavailableError("the evidence key file can't be made");
  const bool written = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file) == 0;
  ::close(file);
  if (written) (void)::link(aside.c_str(), path_.c_str());
  ::unlink(aside.c_str());
  return written ? absl::OkStatus() : absl::UnavailableError("the evidence key file can't be written");
}

absl::Status KeyRing::Refresh() {
  if (::access(path_.c_str(), R_OK) != 0) {
    if (!may_create_()) return absl::FailedPreconditionError("the evidence key file (evidence-keys) can't be read");
    if (auto status = Create(); !status.ok()) return status;
  }
  std::ifstream in(path_);
  std::stringstream text;
  text << in.rdbuf();
  if (text.str() == seen_) return absl::OkStatus();
  std::map<std::string, std::string> keys;
  std::string id, encoded, key, current;
  while (text >> id >> encoded) {
    if (!absl::Base64Unescape(encoded, &key) || key.size() != crypto_secretbox_KEYBYTES)
      return absl::FailedPreconditionError("a line of the evidence key file is no key");
    keys[id] = key;
    current = id;
  }
  if (keys.empty()) return absl::FailedPreconditionError("the evidence key file holds no key");
  keys_ = std::move(keys);
  current_ = current;
  seen_ = text.str();
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeyRing::CurrentId() {
  const absl::MutexLock lock(&mutex_);
  if (auto status = Refresh(); !status.ok()) return status;
  return current_;
}

absl::StatusOr<KeyRing::Wrapped> KeyRing::Wrap(const std::string& file_key) {
  const absl::MutexLock lock(&mutex_);
  if (auto status = Refresh(); !status.ok()) return status;
  std::string nonce(crypto_secretbox_NONCEBYTES, '\0'), sealed(file_key.size() + crypto_secretbox_MACBYTES, '\0');
  randombytes_buf(nonce.data(), nonce.size());
  crypto_secretbox_easy(Bytes(sealed), Bytes(file_key), file_key.size(), Bytes(nonce), Bytes(keys_.at(current_)));
  return Wrapped{current_, nonce + sealed};
}

absl::StatusOr<std::string> KeyRing::Unwrap(const std::string& key_id, const std::string& bytes) {
  const absl::MutexLock lock(&mutex_);
  if (auto status = Refresh(); !status.ok()) return status;
  const auto key = keys_.find(key_id);
  if (key == keys_.end()) return absl::FailedPreconditionError(absl::StrCat("the evidence key ", key_id, " is not in the key file"));
  // Whichever of the two is wrong, the file itself is not at fault.
  const absl::Status locked =
      absl::FailedPreconditionError(absl::StrCat("the evidence key ", key_id, " in the key file does not open this file's key"));
  if (bytes.size() < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES) return locked;
  const std::string nonce = bytes.substr(0, crypto_secretbox_NONCEBYTES), sealed = bytes.substr(crypto_secretbox_NONCEBYTES);
  std::string opened(sealed.size() - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(Bytes(opened), Bytes(sealed), sealed.size(), Bytes(nonce), Bytes(key->second)) != 0) return locked;
  return opened;
}

}  // namespace evenhand::incident
