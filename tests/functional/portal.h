// Portal exports for tests: rows, the file, what an import answered; and a bare connection for clients that misbehave.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/functional/harness.h"

namespace evenhand::testing {

using PortalRow = std::map<std::string, std::string>;  // column → text

// `count` good rows whose record numbers start with `prefix`.
std::vector<PortalRow> PortalRows(int count, const std::string& prefix);
// The file: UTF-8 with BOM, CRLF, every field quoted where it must be.
std::string PortalCsv(const std::vector<PortalRow>& rows);
// Where the row (1 for the first below the head) begins; rows of PortalRows hold no newline.
size_t PositionOfRow(const std::string& csv, int row);

struct Counts {
  std::map<std::string, int> by_outcome;
  int of(const std::string& outcome) const;
  int rows() const;
};
Counts CountsOf(const Reply& reply);

// The request head of an import of `size` bytes that closes the connection at its end.
std::string ImportHead(const std::string& token, size_t size);

class RawConnection {
 public:
  explicit RawConnection(int port);
  ~RawConnection();
  void Send(const std::string& bytes);
  void Cut();  // as a client that dies: a reset, no orderly end
  std::string ReadAll();

 private:
  int fd_;
};

std::vector<int> ChildrenOf(int pid);
std::string RightNow();  // RFC 3339, UTC

}  // namespace evenhand::testing
