// What mail servers send back about a message: a delivery status report (RFC 3464, inside RFC 6522's multipart/report). Everything else
// that lies in a mailbox (an absence note, spam, a colleague's reply) is none, however much it looks like one.
//
// Written by hand, bounded everywhere: Debian's MIME libraries are either a desktop's (GMime brings GLib and GnuPG's library) or
// unmaintained, and three headers of one shape of mail are all that is wanted here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evenhand::notification {

// More of a mail is not looked at: what a report says stands at its beginning, and what it returns of ours is short.
inline constexpr std::size_t kMostOfAMail = 256 * 1024;

struct DeliveryReport {
  // The later outweighs the earlier where one report speaks of several recipients (an alias that was expanded).
  enum class Action { kRelayed, kDelivered, kDelayed, kFailed };
  std::string message_id;  // the id of the message it is about, as WireMessage wrote it: before the @ of its Message-ID
  Action action = Action::kRelayed;
  std::string status;  // RFC 3463: "5.1.1"; "" where it gives none that can be read
  std::string own_id;  // tells this report from another of the same message: its own Message-ID, or a digest of it
};

std::optional<DeliveryReport> ReadDeliveryReport(std::string_view mail);

// For people, from the status code alone: what a server writes beside it may hold an address, or anything.
std::string InWords(const DeliveryReport& report);

}  // namespace evenhand::notification
