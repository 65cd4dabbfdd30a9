// clamd over INSTREAM: the file goes past it as it comes in.
#pragma once

#include <string>
#include <string_view>

namespace evenhand::incident {

struct ScanResult {
  enum class Verdict { kClean, kInfected, kUnknown };  // unknown: the scanner is away or does not answer as it should
  Verdict verdict = Verdict::kUnknown;
  std::string name;  // of what was found
};

class VirusScan {
 public:
  // `address`: "host:port" or "unix:/path".
  explicit VirusScan(const std::string& address);
  VirusScan(const VirusScan&) = delete;
  VirusScan& operator=(const VirusScan&) = delete;
  ~VirusScan();

  void Feed(std::string_view bytes);
  ScanResult Finish();

 private:
  bool Send(std::string_view bytes);

  int socket_ = -1;
};

}  // namespace evenhand::incident
