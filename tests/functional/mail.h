// Mail as a council has it, for tests: a certificate, a mailbox on a real IMAP server, and reports as mail servers write them.
#pragma once

#include <curl/curl.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/functional/receivers.h"

namespace evenhand::testing {

// For 127.0.0.1, signed by itself: whoever is given the file trusts it, nobody else does.
struct Certificate {
  std::string path, key;
  Certificate(const Folder& folder, const std::string& name)
      : path(folder.path + "/" + name + ".pem"), key(folder.path + "/" + name + ".key") {
    const std::string make =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " + key +
        " -out " + path + " 2>/dev/null && chmod -R a+rX " + folder.path;
    if (std::system(make.c_str()) != 0) throw std::runtime_error("openssl made no certificate");
  }
};

// dovecot by tests/functional/peers/mailbox_peer.py; this is another client of it than the service.
class Mailbox {
 public:
  Mailbox(const Folder& folder, const Certificate& certificate)
      : certificate_(certificate.path),
        port_(UnusedPort()),
        peer_({"python3", "tests/functional/peers/mailbox_peer.py", std::to_string(port_), folder.path, certificate.path, certificate.key},
              port_) {}

  std::string url() const { return "imaps://127.0.0.1:" + std::to_string(port_); }

  bool Put(const std::string& mail) const {
    std::string rest = mail, nothing;
    return Say("INBOX", "", &rest, &nothing);
  }
  // How many mails lie in a folder; -1 where there is none.
  int Count(const std::string& folder) const {
    std::string answer;
    if (!Say(folder, "UID SEARCH UNDELETED", nullptr, &answer)) return -1;
    int count = 0;
    for (const char c : answer.substr(0, answer.find('\r'))) count += c == ' ' ? 1 : 0;
    return count - 1;  // "* SEARCH 4 7"
  }

 private:
  static std::size_t Give(char* into, std::size_t size, std::size_t count, void* data) {
    std::string& rest = *static_cast<std::string*>(data);
    const std::size_t n = std::min(size * count, rest.size());
    rest.copy(into, n);
    rest.erase(0, n);
    return n;
  }
  static std::size_t Hear(char* data, std::size_t size, std::size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(data, size * count);
    return size * count;
  }
  bool Say(const std::string& folder, const std::string& command, std::string* upload, std::string* answer) const {
    CURL* curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, (url() + "/" + folder).c_str());
    curl_easy_setopt(curl, CURLOPT_USERNAME, "bounces");
    curl_easy_setopt(curl, CURLOPT_PASSWORD, "comeback");
    curl_easy_setopt(curl, CURLOPT_CAINFO, certificate_.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Hear);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (!command.empty()) curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, command.c_str());
    if (upload != nullptr) {
      curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(curl, CURLOPT_READFUNCTION, Give);
      curl_easy_setopt(curl, CURLOPT_READDATA, upload);
      curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(upload->size()));
    }
    const CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code == CURLE_OK;
  }

  std::string certificate_;
  int port_;
  Peer peer_;
};

// What stands after a header's name in a mail.
inline std::string HeaderOf(const std::string& mail, const std::string& name) {
  const std::size_t at = mail.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return mail.substr(begin, mail.find("\r\n", begin) - begin);
}

// A report of the recipient's mail server (RFC 3464) about a mail that was taken, returning its headers.
inline std::string ReportOn(const std::string& mail, const std::string& action, const std::string& status,
                            const std::string& own_id = Unique("report")) {
  const std::string headers = mail.substr(0, mail.find("\r\n\r\n") + 2);
  return "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\nTo: <bounces@example.org>\r\n"
         "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <" +
         own_id +
         "@mx.example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
         "report-type=delivery-status;\r\n\tboundary=\"b/1\"\r\n\r\n"
         "--b/1\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you that your message could not be delivered.\r\n\r\n"
         "--b/1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
         "Final-Recipient: rfc822; someone.private@example.org\r\nAction: " +
         action + "\r\nStatus: " + status +
         "\r\nDiagnostic-Code: smtp; 550 someone.private@example.org is unknown here\r\n\r\n"
         "--b/1\r\nContent-Type: text/rfc822-headers\r\n\r\n" +
         headers + "\r\n--b/1--\r\n";
}

}  // namespace evenhand::testing
