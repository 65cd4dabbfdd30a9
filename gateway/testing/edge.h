// A whole gateway in the test's own process, and a client that sends exactly the bytes it is told to.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/gateway.h"
#include "gateway/testing/fake_services.h"

namespace evenhand::gateway::testing {

struct Answer {
  int status = 0;                              // 0: the connection ended without one
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  bool whole = false;  // the body ended as its framing says
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  void Send(std::string_view bytes);  // gives up when the server closes
  Answer Read(bool to_head = false);  // the next answer; waits 10 s at most
  bool AtEnd();                       // the server has closed

 private:
  bool More();
  int socket_ = -1;
  std::string in_;
};

class Edge {
 public:
  // More settings as "--name=value".
  explicit Edge(std::vector<std::string> more = {});

  FakeServices& services() { return services_; }
  Gateway& gateway() { return *gateway_; }
  std::uint16_t port() const { return gateway_->port(); }
  const std::string& token() const { return token_; }

  // One request on a connection of its own. `headers` without the last line's end; a token is added unless told otherwise.
  Answer Call(std::string_view method, std::string_view path, std::string_view body = "", std::string_view headers = "",
              bool with_token = true);
  std::string Head(std::string_view method, std::string_view path, std::string_view headers = "", bool with_token = true) const;

 private:
  FakeServices services_;
  std::string token_;
  Settings settings_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace evenhand::gateway::testing
