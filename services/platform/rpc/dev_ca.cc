#include "services/platform/rpc/dev_ca.h"

#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace evenhand {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr long kAuthorityDays = 3650;
constexpr long kProcessDays = 365;  // made anew at a start in its last month

// Where processes of one machine find each other.
constexpr char kNames[] = "DNS:localhost,IP:127.0.0.1,IP:::1";

// One process at a time: all of a stack start together, and only one may make the authority.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path) : file_(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ >= 0) flock(file_, LOCK_EX);
  }
  ~FolderLock() {
    if (file_ >= 0) close(file_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  const int file_;
};

bool Extend(X509* certificate, X509* issuer, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

Certificate NewCertificate(const std::string& name, EVP_PKEY* key, long days) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -300);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), days * 24 * 3600);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()),
                             -1, -1, 0);
  X509_set_pubkey(made.get(), key);
  return made;
}

// Whole or not at all, and readable by its owner alone from its first byte on.
bool WritePem(const std::string& path, const std::function<int(FILE*)>& write) {
  const std::string made = absl::StrCat(path, ".", getpid());
  const int file = open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FILE* out = file < 0 ? nullptr : fdopen(file, "w");
  if (out == nullptr) return false;
  const bool written = write(out) == 1;
  return (fclose(out) == 0) && written && std::rename(made.c_str(), path.c_str()) == 0;
}

bool Save(const std::string& stem, EVP_PKEY* key, X509* certificate) {
  return WritePem(stem + ".key", [&](FILE* out) { return PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); }) &&
         WritePem(stem + ".crt", [&](FILE* out) { return PEM_write_X509(out, certificate); });
}

template <typename Thing, typename Read>
Thing* Load(const std::string& path, Read read) {
  FILE* in = fopen(path.c_str(), "r");
  if (in == nullptr) return nullptr;
  Thing* thing = read(in, nullptr, nullptr, nullptr);
  fclose(in);
  return thing;
}

bool MakeAuthority(const std::string& stem) {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate own = NewCertificate("Evenhand development authority", key.get(), kAuthorityDays);
  X509_set_issuer_name(own.get(), X509_get_subject_name(own.get()));
  return Extend(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
         Extend(own.get(), own.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
         Extend(own.get(), own.get(), NID_subject_key_identifier, "hash") && X509_sign(own.get(), key.get(), EVP_sha256()) > 0 &&
         Save(stem, key.get(), own.get());
}

// Signed by this authority, and for a good while yet: a process that runs on it is not disturbed.
bool IsGood(const std::string& stem, X509* ca) {
  const Certificate own(Load<X509>(stem + ".crt", PEM_read_X509), X509_free);
  if (own == nullptr || X509_verify(own.get(), X509_get0_pubkey(ca)) != 1) return false;
  std::time_t soon = std::time(nullptr) + 30L * 24 * 3600;
  return X509_cmp_time(X509_get0_notAfter(own.get()), &soon) > 0;
}

bool MakeProcess(const std::string& authority, const std::string& stem, const std::string& name) {
  const Key ca_key(Load<EVP_PKEY>(authority + ".key", PEM_read_PrivateKey), EVP_PKEY_free);
  const Certificate ca(Load<X509>(authority + ".crt", PEM_read_X509), X509_free);
  if (ca_key == nullptr || ca == nullptr) return false;
  if (IsGood(stem, ca.get())) return true;
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate own = NewCertificate(name, key.get(), kProcessDays);
  X509_set_issuer_name(own.get(), X509_get_subject_name(ca.get()));
  return Extend(own.get(), ca.get(), NID_subject_alt_name, kNames) &&
         Extend(own.get(), ca.get(), NID_ext_key_usage, "serverAuth,clientAuth") && X509_sign(own.get(), ca_key.get(), EVP_sha256()) > 0 &&
         Save(stem, key.get(), own.get());
}

bool IsOnNetwork(const std::string& address) { return !address.empty() && !address.starts_with("unix:"); }

// The gateway's own address is the REST port, with a certificate of its own.
bool SpeaksOverNetwork(std::string_view process, const Settings& settings) {
  return (process != "gateway" && IsOnNetwork(settings.listen)) || IsOnNetwork(settings.incident) || IsOnNetwork(settings.restriction) ||
         IsOnNetwork(settings.appeal) || IsOnNetwork(settings.notification);
}

}  // namespace

absl::Status MakeDevIdentity(std::string_view process, Settings* settings) {
  if (settings->mode != "dev" || !settings->tls_certificate.empty() || !SpeaksOverNetwork(process, *settings)) return absl::OkStatus();
  const std::filesystem::path folder = std::filesystem::absolute(settings->state_dir).parent_path() / "dev-ca";
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  chmod(folder.c_str(), 0700);
  const FolderLock lock(folder / "lock");
  const std::string authority = folder / "ca", own = folder / std::string(process);
  if (!std::filesystem::exists(authority + ".crt") && !MakeAuthority(authority))
    return absl::UnavailableError(absl::StrCat("the development authority can't be made in ", folder.string()));
  if (!MakeProcess(authority, own, std::string(process)))
    return absl::UnavailableError(absl::StrCat("no certificate can be made in ", folder.string()));
  settings->tls_certificate = own + ".crt";
  settings->tls_key = own + ".key";
  settings->tls_ca = authority + ".crt";
  return absl::OkStatus();
}

}  // namespace evenhand
