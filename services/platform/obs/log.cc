#include "services/platform/obs/log.h"

#include <atomic>
#include <utility>

#include <absl/time/clock.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include "services/platform/base/local_date.h"

namespace evenhand {
namespace {

std::string process_name = "evenhand";
std::atomic<Level> least = Level::kInfo;  // SIGHUP changes it while others log
thread_local std::string current_trace;

constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};

void Put(rapidjson::Writer<rapidjson::StringBuffer>& json, std::string_view key, std::string_view value) {
  json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

}  // namespace

void InitLog(std::string_view process, std::string_view level) {
  process_name = process;
  SetLogLevel(level);
}

bool SetLogLevel(std::string_view level) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] != level) continue;
    least = static_cast<Level>(i);
    return true;
  }
  return false;
}

void Log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < least.load(std::memory_order_relaxed)) return;
  rapidjson::StringBuffer line;
  rapidjson::Writer<rapidjson::StringBuffer> json(line);
  json.StartObject();
  Put(json, "time", FormatInstant(absl::Now()));
  Put(json, "level", kNames[static_cast<std::size_t>(level)]);
  Put(json, "process", process_name);
  Put(json, "event", event);
  if (!current_trace.empty()) Put(json, "traceId", current_trace);
  for (const Field& field : fields) Put(json, field.key, field.value);
  json.EndObject();
  line.Put('\n');
  // One write a line: lines of several threads never mix, and nothing waits in a buffer when the process is killed.
  if (write(STDERR_FILENO, line.GetString(), line.GetSize()) < 0) return;
}

TraceScope::TraceScope(std::string trace_id) : before_(std::exchange(current_trace, std::move(trace_id))) {}

TraceScope::~TraceScope() { current_trace = std::move(before_); }

const std::string& CurrentTrace() { return current_trace; }

}  // namespace evenhand
