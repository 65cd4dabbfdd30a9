#include "services/notification/send/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

namespace evenhand::notification {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kSendSeconds = 20;

struct Upload {
  const std::string& text;
  std::size_t at = 0;
};

std::size_t Give(char* into, std::size_t size, std::size_t count, void* data) {
  auto& upload = *static_cast<Upload*>(data);
  const std::size_t n = std::min(size * count, upload.text.size() - upload.at);
  upload.text.copy(into, n, upload.at);
  upload.at += n;
  return n;
}

// A header's value: nothing that could begin another header.
std::string OneLine(const std::string& text) { return absl::StrReplaceAll(text, {{"\r", " "}, {"\n", " "}}); }

// A name may hold a comma.
std::string Quoted(const std::string& name) {
  return absl::StrCat("\"", absl::StrReplaceAll(OneLine(name), {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

std::string Domain(const std::string& address) {
  const auto at = address.rfind('@');
  return at == std::string::npos ? "localhost" : address.substr(at + 1);
}

long TlsLevel(const std::string& tls) {
  if (tls == "off") return CURLUSESSL_NONE;
  return tls == "opportunistic" ? CURLUSESSL_TRY : CURLUSESSL_ALL;
}

// Does the server talk to us at all? Then what goes wrong afterwards is about this recipient, even where it falls silent or hangs up.
std::size_t Listen(char* line, std::size_t size, std::size_t count, void* greeted) {
  const std::string_view text(line, size * count);
  if (text.starts_with("250 ")) *static_cast<bool*>(greeted) = true;
  return size * count;
}

// Is it about the server, whoever the recipient: it refuses our password or wants one, its TLS is not to be trusted, or it closes (421)?
bool IsAboutServer(CURLcode code, long answer) {
  switch (code) {
    case CURLE_LOGIN_DENIED:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return true;
    default:
      break;
  }
  // RFC 4954: authentication required, mechanism too weak, credentials wrong, encryption needed, or the server can't check them now.
  constexpr std::array kOfAuthentication = {421L, 432L, 454L, 530L, 534L, 535L, 538L};
  return std::ranges::find(kOfAuthentication, answer) != kOfAuthentication.end();
}

std::string Reason(CURLcode code) {
  switch (code) {
    case CURLE_LOGIN_DENIED:
      return "the mail server refused our user or password";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "the mail server's certificate is not trusted";
    case CURLE_USE_SSL_FAILED:
      return "the mail server offers no TLS";
    case CURLE_SSL_CACERT_BADFILE:
      return "the file of smtp-ca can't be read";
    default:
      return curl_easy_strerror(code);
  }
}

// What is about the server counts for its circuit; so do a refused connection and silence at the door. All else is about this recipient.
Sent FromCurl(CURLcode code, long answer, bool greeted) {
  if (code == CURLE_OK) return {Sent::End::kAccepted, "SMTP 250", std::nullopt};
  const std::string why = absl::StrCat("SMTP ", answer, " (", Reason(code), ")");
  if (IsAboutServer(code, answer)) return {Sent::End::kAway, why, std::nullopt};
  if (answer >= 500 && answer < 600 && code != CURLE_COULDNT_CONNECT && code != CURLE_OPERATION_TIMEDOUT)
    return {Sent::End::kNever, why, std::nullopt};
  if ((answer >= 400 && answer < 500) || greeted) return {Sent::End::kNotNow, why, std::nullopt};
  return {Sent::End::kAway, why, std::nullopt};
}

}  // namespace

struct SmtpSender::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

SmtpSender::SmtpSender(SmtpSettings settings) : settings_(std::move(settings)), handle_(std::make_unique<Handle>()) {}
SmtpSender::~SmtpSender() = default;

std::string WireMessage(const Email& email, const std::string& council, const std::string& from, absl::Time now) {
  const std::string text = absl::StrReplaceAll(absl::StrReplaceAll(email.text, {{"\r\n", "\n"}}), {{"\n", "\r\n"}});
  return absl::StrCat("From: ", Quoted(council), " <", OneLine(from), ">\r\nTo: <", OneLine(email.to),
                      ">\r\nSubject: ", OneLine(email.subject), "\r\nMessage-ID: <", OneLine(email.id), "@", Domain(from),
                      ">\r\nDate: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", now, absl::UTCTimeZone()),
                      "\r\nAuto-Submitted: auto-generated",
                      email.traceparent.empty() ? "" : "\r\nTraceparent: " + OneLine(email.traceparent),
                      "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
                      "charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
                      text, "\r\n");
}

Sent SmtpSender::IntoFolder(const Email& email, const std::string& message) const {
  std::error_code error;
  std::filesystem::create_directories(settings_.folder, error);
  const std::string path = absl::StrCat(settings_.folder, "/", email.id, ".eml");
  {
    std::ofstream file(path + ".part", std::ios::binary);
    file << message;
    if (!file.flush()) return {Sent::End::kAway, "the mail folder can't be written", std::nullopt};
  }
  std::filesystem::rename(path + ".part", path, error);
  if (error) return {Sent::End::kAway, "the mail folder can't be written", std::nullopt};
  return {Sent::End::kAccepted, "kept in the mail folder", std::nullopt};
}

Sent SmtpSender::Send(const Email& email, absl::Time now) {
  const std::string message = WireMessage(email, settings_.council, settings_.from, now);
  if (settings_.url.empty()) return IntoFolder(email, message);
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // options only; the connection stays
  Upload upload{message};
  const std::string from = "<" + OneLine(settings_.return_path.empty() ? settings_.from : settings_.return_path) + ">";
  curl_slist* to = curl_slist_append(nullptr, ("<" + OneLine(email.to) + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, TlsLevel(settings_.tls));
  if (!settings_.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca.c_str());
  if (!settings_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
  bool greeted = false;
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, Listen);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &greeted);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, Give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kSendSeconds);
  const CURLcode code = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  long fresh = 0;
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &fresh);
  curl_slist_free_all(to);
  return FromCurl(code, answer, greeted || fresh == 0);
}

}  // namespace evenhand::notification
