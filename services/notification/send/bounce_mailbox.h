// The mailbox to which mail servers send their reports, by IMAP through libcurl. A mail stays where it is until it was dealt with; then it
// is moved to a folder, so that the mailbox is a queue and what was done can be looked at. One reader, one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace evenhand::notification {

struct BounceSettings {
  std::string url;  // imaps://host:993 or imap://host:143; empty: no mailbox is read
  std::string user;
  std::string password;
  std::string tls;      // "starttls" or "off"; imaps is TLS whatever it says
  std::string ca;       // PEM of who signed the server's certificate; empty: the machine's own list
  std::string folder;   // where the reports arrive: INBOX
  std::string filed;    // where reports on our messages go once they are dealt with
  std::string strange;  // where everything else goes, for people to look at
};

class BounceMailbox {
 public:
  explicit BounceMailbox(BounceSettings settings);
  ~BounceMailbox();

  // Opens a connection and lists what waits, oldest first, so many at most. What could not be filed is left out for a while.
  absl::StatusOr<std::vector<std::string>> Waiting(absl::Time now);
  // The beginning of a mail (kMostOfAMail). Marks it as seen, which means nothing here: a mail is done when it is filed.
  absl::StatusOr<std::string> Read(const std::string& uid);
  absl::Status FileReport(const std::string& uid, absl::Time now) { return File(uid, settings_.filed, now); }
  absl::Status FileStrange(const std::string& uid, absl::Time now) { return File(uid, settings_.strange, now); }
  // Not to be read for a while, since it can't be dealt with.
  void Leave(const std::string& uid, absl::Time now);
  void Close();

 private:
  absl::Status File(const std::string& uid, const std::string& folder, absl::Time now);
  // One command in this folder ("" for none); what the server says goes into `answer`.
  absl::Status Say(const std::string& path, const std::string& command, std::string* answer);

  struct Handle;
  const BounceSettings settings_;
  std::unique_ptr<Handle> handle_;
  std::map<std::string, absl::Time> left_;  // uid → when it may be read again
};

}  // namespace evenhand::notification
