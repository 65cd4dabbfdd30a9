// Reports as mail servers write them, what only looks like one, and bytes that make no sense.
#include "services/notification/send/delivery_report.h"

#include <random>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenhand::notification {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Action = DeliveryReport::Action;

constexpr char kId[] = "0198c0de-1111-7abc-8def-000000000001";

// As Postfix writes it, with LF for readability.
std::string FromPostfix(const std::string& action = "failed", const std::string& status = "5.1.1") {
  return absl::StrReplaceAll(R"(Return-Path: <>
Received: by mx.example.org (Postfix)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: evenhand@council.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4F1C2.1764144000/mx.example.org"
Message-Id: <20261126100000.4F1C2@mx.example.org>

This is a MIME-encapsulated message.

--4F1C2.1764144000/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<nobody@example.org>: host mx.example.org said: 550 5.1.1 User unknown

--4F1C2.1764144000/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4F1C2
Arrival-Date: Thu, 26 Nov 2026 10:00:00 +0000 (GMT)

Final-Recipient: rfc822; nobody@example.org
Original-Recipient: rfc822;nobody@example.org
Action: $ACTION
Status: $STATUS
Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.org>: Recipient address
    rejected: User unknown

--4F1C2.1764144000/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Example Council <evenhand@council.example>
To: <nobody@example.org>
Message-ID: <0198c0de-1111-7abc-8def-000000000001@council.example>

--4F1C2.1764144000/mx.example.org--
)",
                             {{"$ACTION", action}, {"$STATUS", status}});
}

// As Exchange writes it: CRLF, base64 around the status, the whole message returned, two recipients of an alias.
std::string FromExchange() {
  const std::string status = absl::Base64Escape(
      "Reporting-MTA: dns;exchange.example.org\r\n\r\nFinal-Recipient: rfc822;a@example.org\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"
      "Final-Recipient: rfc822;b@example.org\r\nAction: Failed\r\nStatus: 4.4.7\r\n");
  return absl::StrCat(
      "From: postmaster@example.org\r\nContent-Type: Multipart/Report; boundary=abc_1;\r\n\tReport-Type=Delivery-Status\r\n\r\n--abc_1\r\n"
      "Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n",
      status, "\r\n--abc_1 \r\nContent-Type: message/rfc822\r\n\r\nReceived: from x\r\nmessage-id:\r\n <", kId,
      "@council.example>\r\nSubject: s\r\n\r\nText\r\n--abc_1--\r\n");
}

TEST(DeliveryReport, SaysWhichMessageWhatBecameOfItAndWhy) {
  const auto report = ReadDeliveryReport(FromPostfix());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->message_id, kId);
  EXPECT_EQ(report->action, Action::kFailed);
  EXPECT_EQ(report->status, "5.1.1");
  EXPECT_EQ(report->own_id, "<20261126100000.4F1C2@mx.example.org>");
  EXPECT_EQ(InWords(*report), "A mail server gave it back: there is no such mailbox (5.1.1)");
  EXPECT_THAT(InWords(*report), Not(HasSubstr("nobody"))) << "no address, nor anything that a server chose to write";
}

TEST(DeliveryReport, IsReadWithCrlfFoldedHeadersBase64AndOneFailureOutweighsADelivery) {
  const auto report = ReadDeliveryReport(FromExchange());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->message_id, kId);
  EXPECT_EQ(report->action, Action::kFailed);
  EXPECT_EQ(report->status, "4.4.7");
  EXPECT_THAT(InWords(*report), HasSubstr("in time (4.4.7)"));
  EXPECT_EQ(report->own_id.size(), 64U) << "without a Message-ID of its own it is told by its bytes";
  EXPECT_EQ(ReadDeliveryReport(absl::StrReplaceAll(FromPostfix(), {{"\n", "\r\n"}}))->status, "5.1.1");
}

TEST(DeliveryReport, KnowsTheActionsOfRfc3464) {
  EXPECT_EQ(ReadDeliveryReport(FromPostfix("delayed", "4.4.1"))->action, Action::kDelayed);
  EXPECT_EQ(ReadDeliveryReport(FromPostfix("DELIVERED", "2.0.0"))->action, Action::kDelivered);
  EXPECT_EQ(ReadDeliveryReport(FromPostfix("relayed", "2.0.0"))->action, Action::kRelayed);
  EXPECT_EQ(ReadDeliveryReport(FromPostfix("expanded", "2.0.0"))->action, Action::kRelayed);
  EXPECT_FALSE(ReadDeliveryReport(FromPostfix("eaten", "5.0.0")));
  EXPECT_EQ(ReadDeliveryReport(FromPostfix("failed", "5.1.1 (bad mailbox)"))->status, "5.1.1");
  for (const char* none : {"", "5", "5.1", "9.1.1", "5..1", "5.1.", "51.1.1", "five", "5.1.1.1", "5.1234567.1"})
    EXPECT_EQ(ReadDeliveryReport(FromPostfix("failed", none))->status, "") << none;
  EXPECT_EQ(InWords(*ReadDeliveryReport(FromPostfix("failed", ""))), "A mail server gave it back (no code)");
}

TEST(DeliveryReport, NamesTheMessageByInReplyToWhereNothingIsReturned) {
  const std::string mail = absl::StrCat("In-Reply-To: <", kId,
                                        "@council.example>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                                        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: "
                                        "5.2.2\n");
  const auto report = ReadDeliveryReport(mail);
  ASSERT_TRUE(report) << "cut before its last boundary";
  EXPECT_EQ(report->message_id, kId);
}

TEST(DeliveryReport, IsNoAbsenceNoteNoReceiptOfReadingAndNoTalkAboutOne) {
  const std::string id = absl::StrCat("<", kId, "@council.example>");
  EXPECT_FALSE(ReadDeliveryReport(absl::StrCat("Auto-Submitted: auto-replied\nIn-Reply-To: ", id, "\n\nI am away. Action: failed\n")));
  EXPECT_FALSE(
      ReadDeliveryReport(absl::StrReplaceAll(FromPostfix(), {{"report-type=delivery-status", "report-type=disposition-notification"}})));
  EXPECT_FALSE(ReadDeliveryReport(absl::StrReplaceAll(FromPostfix(), {{"multipart/report", "multipart/mixed"}})));
  EXPECT_FALSE(ReadDeliveryReport(absl::StrReplaceAll(FromPostfix(), {{"message/delivery-status", "text/plain"}})));
  EXPECT_FALSE(ReadDeliveryReport("Subject: Fwd: Undelivered Mail\n\n" + FromPostfix())) << "a report somebody forwards as text";
  EXPECT_FALSE(ReadDeliveryReport(""));
}

// Every cut, and many strange bytes at strange places: an answer or none, in time, and no step out of the mail (the sanitizers look).
TEST(DeliveryReport, TakesAnyBytes) {
  for (const std::string& whole : {FromPostfix(), FromExchange()}) {
    for (std::size_t size = 0; size < whole.size(); ++size) ReadDeliveryReport(whole.substr(0, size));
    std::mt19937 random(20261126);
    const std::string strange = std::string("\0\r\n\t =\":;-<>@(\xff", 15);
    for (int round = 0; round < 20'000; ++round) {
      std::string mail = whole;
      for (int change = 0; change < 1 + round % 8; ++change) {
        const std::size_t at = random() % mail.size();
        if (round % 3 == 0) {
          mail.erase(at, 1 + random() % 40);
        } else if (round % 3 == 1) {
          mail.insert(at, mail.substr(random() % mail.size(), random() % 80));
        } else {
          mail[at] = strange[random() % strange.size()];
        }
        if (mail.empty()) mail = whole;
      }
      const auto report = ReadDeliveryReport(mail);
      EXPECT_TRUE(!report || !InWords(*report).empty());
    }
  }
}

TEST(DeliveryReport, OfAHugeMailOnlyTheBeginningCounts) {
  const std::string big(64 * 1024 * 1024, 'x');
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(ReadDeliveryReport(FromPostfix() + big));
  EXPECT_FALSE(ReadDeliveryReport(big + FromPostfix()));
  EXPECT_FALSE(
      ReadDeliveryReport("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" + std::string(200'000, '\n')));
  std::string parts = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n";
  for (int i = 0; i < 40'000; ++i) parts += "--b\n\n";
  EXPECT_FALSE(ReadDeliveryReport(parts));
  EXPECT_FALSE(ReadDeliveryReport("A: " + std::string(1'000'000, ' ') + "\n" + std::string(1'000'000, ':')));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

}  // namespace
}  // namespace evenhand::notification
