#include "services/notification/send/secret_box.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <vector>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

namespace evenhand::notification {
namespace {

const unsigned char* Bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string Random(std::size_t size) {
  if (sodium_init() < 0) std::abort();
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), size);
  return bytes;
}

struct Keys {
  std::map<std::string, std::string> by_id;
  std::string current;
};

absl::StatusOr<Keys> KeysIn(const std::string& path) {
  std::ifstream in(path);
  if (!in) return absl::FailedPreconditionError("the key file of webhooks' secrets (webhook-keys) can't be read");
  Keys keys;
  std::string id, encoded, key;
  while (in >> id >> encoded) {
    if (!absl::Base64Unescape(encoded, &key) || key.size() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
      return absl::FailedPreconditionError("a line of webhook-keys is no key");
    keys.by_id[id] = key;
    keys.current = id;
  }
  if (keys.current.empty()) return absl::FailedPreconditionError("webhook-keys holds no key");
  return keys;
}

// Two processes may start at once: whoever links it into place first wins.
void Create(const std::string& path) {
  const std::string line = absl::StrCat("key-", absl::BytesToHexString(Random(4)), " ",
                                        absl::Base64Escape(Random(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)), "\n");
  const std::string aside = absl::StrCat(path, ".", ::getpid());
  const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return;
  const bool written = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file) == 0;
  ::close(file);
  if (written) (void)::link(aside.c_str(), path.c_str());
  ::unlink(aside.c_str());
}

}  // namespace

absl::StatusOr<std::string> SecretBox::Seal(const std::string& secret, const std::string& bound_to) const {
  if (may_create_ && ::access(path_.c_str(), F_OK) != 0) Create(path_);
  const auto keys = KeysIn(path_);
  if (!keys.ok()) return keys.status();
  const std::string nonce = Random(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  std::string sealed(secret.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(sealed), nullptr, Bytes(secret), secret.size(), Bytes(bound_to), bound_to.size(),
                                             nullptr, Bytes(nonce), Bytes(keys->by_id.at(keys->current)));
  return absl::StrCat("sealed:", keys->current, ":", absl::Base64Escape(nonce + sealed));
}

absl::StatusOr<std::string> SecretBox::Open(const std::string& kept, const std::string& bound_to) const {
  const std::vector<std::string> parts = absl::StrSplit(kept, ':');
  std::string bytes;
  constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, kMac = crypto_aead_xchacha20poly1305_ietf_ABYTES;
  if (parts.size() != 3 || parts[0] != "sealed" || !absl::Base64Unescape(parts[2], &bytes) || bytes.size() < kNonce + kMac)
    return absl::DataLossError("a sealed secret is damaged");
  const auto keys = KeysIn(path_);
  if (!keys.ok()) return keys.status();
  const auto key = keys->by_id.find(parts[1]);
  if (key == keys->by_id.end()) return absl::FailedPreconditionError(absl::StrCat("the key ", parts[1], " is not in webhook-keys"));
  const std::string nonce = bytes.substr(0, kNonce), sealed = bytes.substr(kNonce);
  std::string secret(sealed.size() - kMac, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(Bytes(secret), nullptr, nullptr, Bytes(sealed), sealed.size(), Bytes(bound_to),
                                                 bound_to.size(), Bytes(nonce), Bytes(key->second)) != 0)
    return absl::DataLossError("a sealed secret is damaged");
  return secret;
}

}  // namespace evenhand::notification
