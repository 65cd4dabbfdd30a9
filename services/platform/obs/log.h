// Structured log: one JSON object a line on stderr. Ids and kinds only; no personal data, no narrative, no tokens.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace evenhand {

enum class Level { kDebug, kInfo, kWarning, kError };

struct Field {
  std::string_view key;
  std::string value;
};

void InitLog(std::string_view process, std::string_view level);
void Log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// False when there is no level of that name.
bool SetLogLevel(std::string_view level);

// The trace id of the innermost scope of this thread, or "".
const std::string& CurrentTrace();

// The trace id that lines of this thread carry until the end of the scope.
class TraceScope {
 public:
  explicit TraceScope(std::string trace_id);
  ~TraceScope();

 private:
  std::string before_;
};

}  // namespace evenhand
