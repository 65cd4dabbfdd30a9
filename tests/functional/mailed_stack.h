// A stack whose mail goes to a server with moods, and what its ledger says.
#pragma once

#include <string>
#include <vector>

#include "tests/functional/receivers.h"

namespace evenhand::testing {

// One for a whole program: each test keeps the audiences that it tells.
struct MailedStack {
  Folder folder;
  Peer mail;
  Stack stack;

  MailedStack()
      : mail({"python3", "tests/functional/peers/mail_peer.py", std::to_string(kPort()), folder.path + "/mail.jsonl"}, kPort()),
        stack(Settings()) {}
  static int kPort() {
    static const int port = UnusedPort();
    return port;
  }
  static Environment Settings() {
    return {{"EVENHAND_SMTP_URL", "smtp://127.0.0.1:" + std::to_string(kPort())},
            {"EVENHAND_SMTP_TLS", "off"},
            {"EVENHAND_RETRY_FIRST", "200ms"}};
  }
  std::vector<Json> Mails() const { return LinesOf(folder.path + "/mail.jsonl"); }
  static MailedStack& Shared() {
    static MailedStack shared;
    return shared;
  }
};

inline Reply Keep(Stack& stack, const std::string& audience, const Json& members, const Json& over = Json::object()) {
  Json body = {{"name", audience}, {"members", members}};
  body.merge_patch(over);
  const Reply kept = stack.As("administrator", "").Put("/v1/audiences/" + audience, body, {{"If-Match", "*"}});
  EXPECT_THAT(kept, Succeeds());
  return kept;
}

inline Json LedgerOf(Stack& stack, const std::string& restriction) {
  return stack.As("senior_manager").Get("/v1/shares?restrictionId=" + restriction).json;
}

inline int Count(const Json& ledger, const std::string& state) {
  int count = 0;
  for (const Json& share : ledger["shares"]) count += share["state"] == state ? 1 : 0;
  return count;
}

inline bool ShowsShares(Stack& stack, const std::string& restriction, std::size_t at_least = 1) {
  return Eventually([&] { return LedgerOf(stack, restriction)["shares"].size() >= at_least; });
}

inline std::string Behaved(const std::string& kind) { return kind + "@" + Unique("m") + ".example.org"; }

}  // namespace evenhand::testing
