#include "tests/functional/harness.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include <curl/curl.h>
#include <unistd.h>

namespace evenhand::testing {
namespace {

constexpr long kReplyTimeoutSeconds = 300;  // an import of a large file on a busy machine

size_t KeepBody(char* data, size_t size, size_t count, void* reply) {
  static_cast<Reply*>(reply)->body.append(data, size * count);
  return size * count;
}

size_t KeepHeader(char* data, size_t size, size_t count, void* reply) {
  const std::string line(data, size * count);
  const size_t colon = line.find(':');
  if (colon == std::string::npos) return size * count;
  std::string name = line.substr(0, colon), value = line.substr(colon + 1);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  const size_t first = value.find_first_not_of(" \t"), last = value.find_last_not_of(" \t\r\n");
  static_cast<Reply*>(reply)->headers[name] = first == std::string::npos ? "" : value.substr(first, last - first + 1);
  return size * count;
}

// What a JSON exchange said, one line each, for tools/corpus.
void Record(const std::string& method, const std::string& path, const std::string& body, const Reply& reply) {
  static const char* const folder = std::getenv("EVENHAND_CORPUS");
  if (folder == nullptr) return;
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  static std::ofstream file(std::string(folder) + "/" + std::to_string(getpid()) + ".ndjson", std::ios::app);
  const Json sent = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!body.empty() && sent.is_discarded()) return;
  const Json line = {
      {"method", method}, {"path", path}, {"request", body.empty() ? Json() : sent}, {"status", reply.status}, {"reply", reply.json}};
  file << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

Headers WithDefaults(Headers defaults, const Headers& given) {
  for (const auto& [name, value] : given) defaults[name] = value;
  return defaults;
}

}  // namespace

std::string Reply::Text(const std::string& field) const {
  return json.is_object() && json.contains(field) && json[field].is_string() ? json[field].get<std::string>() : "";
}

Headers Reply::IfMatch() const {
  const auto header = headers.find("etag");
  const std::string etag = header != headers.end() ? header->second : Text("etag");
  return {{"If-Match", etag.empty() ? "*" : etag}};
}

std::vector<Json> Reply::Lines() const {
  std::vector<Json> lines;
  std::istringstream text(body);
  for (std::string line; std::getline(text, line);)
    if (!line.empty()) lines.push_back(Json::parse(line));
  return lines;
}

std::ostream& operator<<(std::ostream& out, const Reply& reply) { return out << reply.status << " " << reply.body.substr(0, 1500); }

Reply Client::Send(const std::string& method, const std::string& path, const std::string& body, const Headers& headers) const {
  Reply reply;
  CURL* curl = curl_easy_init();
  const std::string url = "http://127.0.0.1:" + std::to_string(port_) + path;
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  if (!token_.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + token_).c_str());
  for (const auto& [name, value] : headers)
    if (!value.empty()) list = curl_slist_append(list, (name + ": " + value).c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kReplyTimeoutSeconds);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, KeepBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, KeepHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
  if (method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (method != "GET" && method != "HEAD" && method != "DELETE") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method == "HEAD" ? nullptr : method.c_str());
  if (curl_easy_perform(curl) == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
  }
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  reply.json = Json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  if (reply.json.is_discarded()) reply.json = Json();
  Record(method, path, body, reply);
  return reply;
}

Reply Client::Post(const std::string& path, const Json& body, const Headers& headers) const {
  const Json sent = body.is_null() ? Json::object() : body;
  return Send("POST", path, sent.dump(), WithDefaults({{"Content-Type", "application/json"}, {"Idempotency-Key", Unique("key")}}, headers));
}

Reply Client::Patch(const std::string& path, const Json& body, const Headers& headers) const {
  return Send("PATCH", path, body.dump(),
              WithDefaults({{"Content-Type", "application/json"}, {"Idempotency-Key", Unique("key")}}, headers));
}

Reply Client::Put(const std::string& path, const Json& body, const Headers& headers) const {
  return Send("PUT", path, body.dump(), WithDefaults({{"Content-Type", "application/json"}, {"Idempotency-Key", Unique("key")}}, headers));
}

Reply Client::Stream(const std::string& path, const std::string& data, const std::string& media_type, const Headers& headers) const {
  return Send("POST", path, data, WithDefaults({{"Content-Type", media_type}}, headers));
}

std::string Unique(const std::string& prefix) {
  static std::atomic<unsigned> count{0};
  static const unsigned run = std::random_device()();
  char text[64];
  snprintf(text, sizeof text, "-%08x-%u", run, ++count);
  return prefix + text;
}

bool Eventually(const std::function<bool()>& done, int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return done();
}

}  // namespace evenhand::testing
