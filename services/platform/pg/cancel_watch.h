// A caller that leaves frees its connection: the statement it was waiting for is cancelled in PostgreSQL.
#pragma once

#include <pqxx/pqxx>

#include "services/platform/rpc/call.h"

namespace evenhand {

class CancelWatch {
 public:
  // While it lives, a cancelled call cancels the connection's running statement (looked at every 50 ms by one thread a process).
  class Scope {
   public:
    Scope(const Call& call, pqxx::connection& connection);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    const Call* call_;
  };
};

}  // namespace evenhand
