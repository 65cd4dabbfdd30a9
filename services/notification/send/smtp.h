// E-mail by SMTP through libcurl: STARTTLS, authentication, a connection kept between messages. One sender, one thread.
#pragma once

#include <memory>
#include <string>

#include "services/notification/send/sent.h"

namespace evenhand::notification {

struct SmtpSettings {
  std::string url;      // smtp://host:587 or smtps://host:465; empty: into `folder` (dev mode, for looking at)
  std::string council;  // the sender's name
  std::string user;
  std::string password;
  std::string from;         // the header's address
  std::string return_path;  // the envelope's, to which reports of non-delivery come; empty: `from`
  std::string tls;          // "starttls", "opportunistic" or "off"
  std::string ca;           // PEM of who signed the server's certificate; empty: the machine's own list
  std::string folder;
};

struct Email {
  std::string id;  // stable across attempts: becomes the Message-ID
  std::string to;
  std::string subject;
  std::string text;
  std::string traceparent;  // W3C; "" for none
};

class SmtpSender {
 public:
  explicit SmtpSender(SmtpSettings settings);
  ~SmtpSender();
  Sent Send(const Email& email, absl::Time now);

 private:
  Sent IntoFolder(const Email& email, const std::string& message) const;

  struct Handle;
  const SmtpSettings settings_;
  std::unique_ptr<Handle> handle_;
};

// As it goes over the wire: CRLF lines, 8-bit text, no header that could be slipped in.
std::string WireMessage(const Email& email, const std::string& council, const std::string& from, absl::Time now);

}  // namespace evenhand::notification
