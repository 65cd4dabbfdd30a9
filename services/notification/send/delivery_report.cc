#include "services/notification/send/delivery_report.h"

#include <algorithm>
#include <array>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "services/notification/send/mime_part.h"
#include "services/platform/base/sha256.h"

namespace evenhand::notification {
namespace {

constexpr std::size_t kMostRecipients = 100;

struct Words {
  std::string_view detail;  // RFC 3463: what follows the class
  std::string_view text;
};
constexpr std::array kWords = {
    Words{"1.1", "there is no such mailbox"},
    Words{"1.2", "there is no such domain"},
    Words{"1.3", "the address is not well formed"},
    Words{"1.10", "the domain takes no mail"},
    Words{"2.1", "the mailbox is switched off"},
    Words{"2.2", "the mailbox is full"},
    Words{"2.3", "the message is too long for the mailbox"},
    Words{"4.1", "its server does not answer"},
    Words{"4.2", "the connection to its server fails"},
    Words{"4.4", "no way to its server is known"},
    Words{"4.7", "it could not be delivered in time"},
    Words{"7.1", "its server does not take mail from us"},
};
// Where the detail is not known: by its subject.
constexpr std::array kSubjects = {
    Words{"1.", "something is wrong with the address"},
    Words{"2.", "something is wrong with the mailbox"},
    Words{"3.", "its server has a fault"},
    Words{"4.", "the network or its server fails"},
    Words{"5.", "the servers do not understand one another"},
    Words{"6.", "its server refuses the message's form"},
    Words{"7.", "its server refuses it by its rules"},
};

std::optional<DeliveryReport::Action> ActionOf(const std::string& word) {
  if (word == "failed") return DeliveryReport::Action::kFailed;
  if (word == "delayed") return DeliveryReport::Action::kDelayed;
  if (word == "delivered") return DeliveryReport::Action::kDelivered;
  if (word == "relayed" || word == "expanded") return DeliveryReport::Action::kRelayed;
  return std::nullopt;
}

// "5.1.1 (bad destination mailbox)" → "5.1.1"; "" when it is none.
std::string StatusOf(const std::string& value) {
  const std::string status = value.substr(0, value.find_first_not_of("0123456789."));
  int dots = 0;
  for (const char c : status) dots += c == '.' ? 1 : 0;
  const bool form = status.size() >= 5 && status.size() <= 9 && dots == 2 && status[1] == '.' && status.find("..") == std::string::npos &&
                    status.back() != '.' && std::string_view("245").find(status[0]) != std::string_view::npos;
  return form ? status : "";
}

// A block about the message, then one about each recipient.
bool ReadStatus(std::string_view body, DeliveryReport& report) {
  bool said = false;
  for (std::size_t blocks = 0; !body.empty() && blocks < kMostRecipients; ++blocks) {
    const MimeHeaders block = TakeHeaders(body);
    const auto action = ActionOf(absl::AsciiStrToLower(HeaderOf(block, "action")));
    if (!action || (said && *action <= report.action)) continue;
    said = true;
    report.action = *action;
    report.status = StatusOf(HeaderOf(block, "status"));
  }
  return said;
}

// "<id@domain>" → "id".
std::string IdIn(const std::string& message_id) {
  const std::size_t begin = message_id.find('<'), at = message_id.find('@');
  if (begin == std::string::npos || at == std::string::npos || at < begin) return "";
  return absl::AsciiStrToLower(message_id.substr(begin + 1, at - begin - 1));
}

bool IsOf(const MimeType& type, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, type.name) != names.end();
}

}  // namespace

std::optional<DeliveryReport> ReadDeliveryReport(std::string_view mail) {
  mail = mail.substr(0, kMostOfAMail);
  std::string_view body = mail;
  const MimeHeaders headers = TakeHeaders(body);
  const MimeType type = TypeOf(headers);
  if (type.name != "multipart/report" || absl::AsciiStrToLower(type.Parameter("report-type")) != "delivery-status") return std::nullopt;
  DeliveryReport report;
  bool said = false;
  for (std::string_view part : PartsOf(body, type.Parameter("boundary"))) {
    const MimeHeaders about = TakeHeaders(part);
    const MimeType kind = TypeOf(about);
    if (!said && IsOf(kind, {"message/delivery-status", "message/global-delivery-status"})) {
      said = ReadStatus(Decoded(about, part), report);
    } else if (report.message_id.empty() &&
               IsOf(kind, {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})) {
      const std::string returned = Decoded(about, part);
      std::string_view rest = returned;
      report.message_id = IdIn(HeaderOf(TakeHeaders(rest), "message-id"));
    }
  }
  // A server may return nothing of the message (RFC 6522 asks for no third part); some name it as an answer does.
  if (report.message_id.empty()) report.message_id = IdIn(HeaderOf(headers, "in-reply-to"));
  if (!said || report.message_id.empty()) return std::nullopt;
  report.own_id = HeaderOf(headers, "message-id");
  if (report.own_id.empty()) report.own_id = Sha256Hex(mail);
  return report;
}

std::string InWords(const DeliveryReport& report) {
  std::string_view why;
  const std::string_view detail = report.status.size() > 2 ? std::string_view(report.status).substr(2) : std::string_view();
  for (const Words& words : kWords)
    if (words.detail == detail) why = words.text;
  for (const Words& words : kSubjects)
    if (why.empty() && detail.starts_with(words.detail)) why = words.text;
  const std::string code = report.status.empty() ? "no code" : report.status;
  const std::string because = why.empty() ? absl::StrCat(" (", code, ")") : absl::StrCat(": ", std::string(why), " (", code, ")");
  switch (report.action) {
    case DeliveryReport::Action::kFailed:
      return absl::StrCat("A mail server gave it back", because);
    case DeliveryReport::Action::kDelayed:
      return absl::StrCat("A mail server could not deliver it yet and goes on trying", because);
    case DeliveryReport::Action::kDelivered:
      return "A mail server reports that it is in the recipient's mailbox";
    case DeliveryReport::Action::kRelayed:
      return "A mail server handed it on to one that sends no receipts";
  }
  return "";
}

}  // namespace evenhand::notification
