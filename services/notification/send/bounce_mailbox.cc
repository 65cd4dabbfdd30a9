#include "services/notification/send/bounce_mailbox.h"

#include <curl/curl.h>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "services/notification/send/delivery_report.h"

namespace evenhand::notification {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kCommandSeconds = 30;
constexpr long kBufferBytes = 512 * 1024;  // a list of what waits is one line; libcurl refuses one of more than 300 KB
constexpr std::size_t kMostAtOnce = 100;
constexpr std::size_t kMostHeard = 1024 * 1024;
constexpr absl::Duration kLeaveFor = absl::Minutes(10);

std::size_t Hear(char* data, std::size_t size, std::size_t count, void* answer) {
  std::string& text = *static_cast<std::string*>(answer);
  if (text.size() + size * count > kMostHeard) return 0;  // the transfer ends
  text.append(data, size * count);
  return size * count;
}

// A folder's name in a command.
std::string Quoted(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '\r' || c == '\n') continue;
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string InUrl(CURL* curl, const std::string& name) {
  char* escaped = curl_easy_escape(curl, name.c_str(), static_cast<int>(name.size()));
  std::string text = escaped == nullptr ? "" : escaped;
  curl_free(escaped);
  return text;
}

std::string Reason(CURLcode code) {
  switch (code) {
    case CURLE_LOGIN_DENIED:
      return "it refused our user or password";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its certificate is not trusted";
    case CURLE_USE_SSL_FAILED:
      return "it offers no TLS";
    case CURLE_QUOTE_ERROR:
      return "it refused a command";
    default:
      return curl_easy_strerror(code);
  }
}

}  // namespace

struct BounceMailbox::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

BounceMailbox::BounceMailbox(BounceSettings settings) : settings_(std::move(settings)) {}
BounceMailbox::~BounceMailbox() = default;

absl::Status BounceMailbox::Say(const std::string& path, const std::string& command, std::string* answer) {
  if (!handle_) handle_ = std::make_unique<Handle>();
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // options only; the connection stays
  answer->clear();
  const bool bare = settings_.url.ends_with('/');
  curl_easy_setopt(curl, CURLOPT_URL, absl::StrCat(settings_.url, bare ? "" : "/", path).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, settings_.tls == "off" ? CURLUSESSL_NONE : CURLUSESSL_ALL);
  if (!settings_.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca.c_str());
  curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.c_str());
  if (!command.empty()) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, command.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Hear);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kBufferBytes);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kCommandSeconds);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return absl::OkStatus();
  if (code == CURLE_RECV_ERROR) return absl::ResourceExhaustedError(Reason(code));  // cut off, or more than libcurl takes
  // The server's no to one command is about one mail; all else is about the server.
  const bool refused = code == CURLE_QUOTE_ERROR || code == CURLE_REMOTE_FILE_NOT_FOUND || code == CURLE_WEIRD_SERVER_REPLY;
  return refused ? absl::NotFoundError(Reason(code)) : absl::UnavailableError(Reason(code));
}

absl::StatusOr<std::vector<std::string>> BounceMailbox::Waiting(absl::Time now) {
  if (!handle_) handle_ = std::make_unique<Handle>();
  std::erase_if(left_, [now](const auto& one) { return one.second <= now; });
  std::string answer;
  const std::string folder = InUrl(handle_->curl, settings_.folder);
  absl::Status listed = Say(folder, "UID SEARCH UNDELETED", &answer);
  // Tens of thousands wait, after a long absence: the first of them. (With fewer, a server may call such a range an error.)
  if (absl::IsResourceExhausted(listed)) listed = Say(folder, "UID SEARCH 1:5000 UNDELETED", &answer);
  if (!listed.ok()) return listed;
  std::vector<std::string> uids;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(answer, '\n'))) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \r"), absl::SkipEmpty());
    if (words.size() < 2 || words[0] != "*" || words[1] != "SEARCH") continue;
    for (std::size_t i = 2; i < words.size() && uids.size() < kMostAtOnce; ++i) {
      std::uint32_t number = 0;
      if (absl::SimpleAtoi(words[i], &number) && number > 0 && !left_.contains(words[i])) uids.push_back(words[i]);
    }
  }
  return uids;
}

absl::StatusOr<std::string> BounceMailbox::Read(const std::string& uid) {
  std::string mail;
  const std::string path = absl::StrCat(InUrl(handle_->curl, settings_.folder), ";UID=", uid, ";PARTIAL=0.", kMostOfAMail);
  if (absl::Status no = Say(path, "", &mail); !no.ok()) return no;
  return mail;
}

absl::Status BounceMailbox::File(const std::string& uid, const std::string& folder, absl::Time now) {
  const std::string here = InUrl(handle_->curl, settings_.folder);
  const std::string move = absl::StrCat("UID MOVE ", uid, " ", Quoted(folder));
  std::string answer;
  absl::Status done = Say(here, move, &answer);
  if (!absl::IsNotFound(done)) return done;
  // The folder is not there yet; or the server can't move (RFC 6851): then a copy, and the mail marked as deleted, which Waiting leaves
  // out.
  (void)Say("", absl::StrCat("CREATE ", Quoted(folder)), &answer);
  done = Say(here, move, &answer);
  if (!absl::IsNotFound(done)) return done;
  done = Say(here, absl::StrCat("UID COPY ", uid, " ", Quoted(folder)), &answer);
  if (done.ok()) done = Say(here, absl::StrCat("UID STORE ", uid, " +FLAGS.SILENT (\\Deleted)"), &answer);
  if (absl::IsNotFound(done)) Leave(uid, now);
  return done;
}

void BounceMailbox::Leave(const std::string& uid, absl::Time now) { left_[uid] = now + kLeaveFor; }

void BounceMailbox::Close() { handle_.reset(); }

}  // namespace evenhand::notification
