#include "tests/functional/portal.h"

#include <ctime>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace evenhand::testing {
namespace {

const char* const kColumns[] = {"RecordNo",     "Version",    "Status",        "IncidentDate", "IncidentTime",  "ReportedDateTime",
                                "Service",      "Team",       "Location",      "UPRN",         "ContactMethod", "EmployeeNo",
                                "EmployeeName", "JobTitle",   "LineManagerNo", "PersonName",   "PersonPhone",   "PersonEmail",
                                "PersonRef",    "Categories", "ThreatTarget",  "WarningGiven", "ContactEnded",  "PoliceReported",
                                "PoliceRef",    "WebLink",    "Witnesses",     "Injury",       "Description",   "ImmediateAction"};

std::string Field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::vector<PortalRow> PortalRows(int count, const std::string& prefix) {
  std::vector<PortalRow> rows;
  for (int n = 1; n <= count; ++n) {
    char number[16];
    snprintf(number, sizeof number, "%05d", n);
    rows.push_back({{"RecordNo", prefix + "-" + number},
                    {"Version", "1"},
                    {"Status", "Submitted"},
                    {"IncidentDate", "14/05/2026"},
                    {"IncidentTime", "11:20"},
                    {"ReportedDateTime", "14/05/2026 12:05"},
                    {"Service", "Housing"},
                    {"Team", "Repairs"},
                    {"ContactMethod", "Phone"},
                    {"EmployeeNo", "E1001"},
                    {"EmployeeName", "A. Officer"},
                    {"JobTitle", "Adviser"},
                    {"LineManagerNo", "E2001"},
                    {"PersonName", "Pat Example"},
                    {"PersonPhone", "07700 900123"},
                    {"Categories", "Abuse"},
                    {"WarningGiven", "Yes"},
                    {"ContactEnded", "Yes"},
                    {"Injury", "No"},
                    {"Description", "Shouted and swore, then hung up."},
                    {"ImmediateAction", ""}});
  }
  return rows;
}

std::string PortalCsv(const std::vector<PortalRow>& rows) {
  std::string csv = "\xef\xbb\xbf";
  for (const char* column : kColumns) csv += (column == kColumns[0] ? "" : ",") + std::string(column);
  csv += "\r\n";
  for (const PortalRow& row : rows) {
    for (const char* column : kColumns) {
      const auto field = row.find(column);
      csv += (column == kColumns[0] ? "" : ",") + (field == row.end() ? std::string() : Field(field->second));
    }
    csv += "\r\n";
  }
  return csv;
}

size_t PositionOfRow(const std::string& csv, int row) {
  size_t at = 0;
  for (; row > 0; --row) at = csv.find("\r\n", at) + 2;
  return at;
}

int Counts::of(const std::string& outcome) const {
  const auto found = by_outcome.find(outcome);
  return found == by_outcome.end() ? 0 : found->second;
}

int Counts::rows() const {
  int sum = 0;
  for (const auto& [outcome, count] : by_outcome) sum += count;
  return sum;
}

Counts CountsOf(const Reply& reply) {
  Counts counts;
  for (const Json& line : reply.Lines())
    if (line.contains("outcome")) ++counts.by_outcome[line["outcome"].get<std::string>()];
  return counts;
}

std::string ImportHead(const std::string& token, size_t size) {
  return "POST /v1/incidents:import HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/csv\r\nAuthorization: Bearer " +
         token + "\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

RawConnection::RawConnection(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

RawConnection::~RawConnection() {
  if (fd_ >= 0) close(fd_);
}

void RawConnection::Send(const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t sent = send(fd_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) {
      ADD_FAILURE() << "the connection was closed after " << at << " of " << bytes.size() << " bytes";
      return;
    }
    at += static_cast<size_t>(sent);
  }
}

void RawConnection::Cut() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd_);
  fd_ = -1;
}

std::string RawConnection::ReadAll() {
  std::string all;
  char buffer[65536];
  for (ssize_t n; (n = recv(fd_, buffer, sizeof buffer, 0)) > 0;) all.append(buffer, static_cast<size_t>(n));
  return all;
}

std::vector<int> ChildrenOf(int pid) {
  std::vector<int> children;
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  for (int child; file >> child;) children.push_back(child);
  return children;
}

std::string RightNow() {
  const std::time_t now = std::time(nullptr) - 1;
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

}  // namespace evenhand::testing
