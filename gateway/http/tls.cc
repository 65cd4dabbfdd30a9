#include "gateway/http/tls.h"

#include <absl/strings/str_cat.h>
#include <sys/stat.h>

#include "services/platform/obs/log.h"

namespace evenhand::gateway {

TlsContext::TlsContext(std::string certificate, std::string key) : certificate_(std::move(certificate)), key_(std::move(key)) {
  if (certificate_.empty()) return;
  current_ = Load();
  stamp_ = Stamp();
}

std::shared_ptr<asio::ssl::context> TlsContext::Current() const {
  if (certificate_.empty()) return nullptr;
  absl::MutexLock lock(&mutex_);
  return current_;
}

std::shared_ptr<asio::ssl::context> TlsContext::Load() const {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  context->use_certificate_chain_file(certificate_);
  context->use_private_key_file(key_, asio::ssl::context::pem);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) throw std::runtime_error("edge-key does not belong to edge-certificate");
  return context;
}

// When and how large both files are: a renewal changes either.
std::string TlsContext::Stamp() const {
  std::string stamp;
  for (const std::string& file : {certificate_, key_}) {
    struct stat found = {};
    stat(file.c_str(), &found);
    absl::StrAppend(&stamp, found.st_mtim.tv_sec, ".", found.st_mtim.tv_nsec, ":", found.st_size, ":", found.st_ino, ";");
  }
  return stamp;
}

void TlsContext::Reload() {
  if (certificate_.empty()) return;
  const std::string stamp = Stamp();
  absl::MutexLock lock(&mutex_);
  if (stamp == stamp_) return;
  stamp_ = stamp;
  try {
    current_ = Load();
    Log(Level::kInfo, "certificate_reloaded");
  } catch (const std::exception& error) {
    Log(Level::kError, "certificate_not_usable", {{"error", error.what()}});
  }
}

}  // namespace evenhand::gateway
