// What every route has in common in /openapi.json: headers, and each refusal with the reasons that bring it.
#include <map>

#include "gateway/openapi/operation.h"
#include "gateway/problem.h"

namespace evenhand::gateway {
namespace {

// Without an example: what is filled in by itself would be sent along when the page tries a call out.
OrderedJson Header(const char* name, const char* description, OrderedJson schema = {{"type", "string"}}) {
  return {{"name", name}, {"in", "header"}, {"required", false}, {"description", description}, {"schema", std::move(schema)}};
}

OrderedJson ReplyHeader(const char* description, OrderedJson example) {
  return {{"description", description}, {"schema", {{"type", "string"}}}, {"example", std::move(example)}};
}

const OrderedJson kText = {{"type", "string"}};

}  // namespace

OrderedJson SharedParameters() {
  OrderedJson key = kText;
  key["maxLength"] = 255;
  return {
      {"ValidateOnly",
       {{"name", "validateOnly"},
        {"in", "query"},
        {"required", false},
        {"description", "Answers what the write would, and changes nothing (AIP-163)."},
        {"schema", {{"type", "boolean"}}},
        {"example", false}}},
      {"UpdateMask",
       {{"name", "updateMask"},
        {"in", "query"},
        {"required", false},
        {"description",
         "The fields that change, by their JSON names with commas between (AIP-134); one of them that the body lacks is emptied. Absent: "
         "the fields that the body gives."},
        {"schema", kText}}},
      {"IdempotencyKey",
       Header("Idempotency-Key",
              "A fresh UUID. Sent again with the same body: the first reply, marked `Idempotent-Replayed: true`, and one effect. With "
              "another body: 422.",
              key)},
      {"IfMatch",
       {{"name", "If-Match"},
        {"in", "header"},
        {"required", true},
        {"description", "The resource's `etag`: 428 without, 412 when it is stale; `*` matches any."},
        {"schema", kText},
        {"example", "*"}}},
      {"IfMatchWhereThere",
       Header("If-Match", "The `etag` of what is replaced: 428 without, 412 when it is stale. What is new needs none.")},
      {"IfNoneMatch", Header("If-None-Match", "The `etag` of the state at hand: 304 without a body where it is still so.")},
      {"Reason", Header("X-Reason",
                        "Why a person's record is looked at without a tie to the person (12.4): words with 10 letters and digits at least, "
                        "500 characters "
                        "at most, percent-encoded UTF-8, such as "
                        "Request%20for%20access%20of%202%20November.")},
      {"Traceparent",
       Header(
           "traceparent",
           "W3C Trace Context, such as 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01; its trace id is in every log line and in "
           "`traceId` of a problem.")},
  };
}

OrderedJson SharedHeaders() {
  return {
      {"RequestId", ReplyHeader("The caller's X-Request-Id, or the trace id.", "0af7651916cd43dd8448eb211c80319c")},
      {"RateLimit", ReplyHeader("What remains in this minute (draft-ietf-httpapi-ratelimit-headers).", "\"client\";r=5999;t=42")},
      {"ETag", ReplyHeader("The resource's state, for If-Match; the same as `etag`.", "\"3\"")},
      {"Location", ReplyHeader("Where what was made is read.", "/v1/restrictions/01a22e36-98e1-7cfe-b62e-a7b3fe688ba7")},
      {"IdempotentReplayed", ReplyHeader("`true` when this is the reply of an earlier request with the same key.", "true")},
      {"RetryAfter", ReplyHeader("Seconds until it is worth trying again.", "1")},
      {"Deprecation", ReplyHeader("Since when the route is on its way out (RFC 9745).", "@1795564800")},
      {"Sunset", ReplyHeader("Until when it works as ever (RFC 8594).", "Thu, 25 Nov 2027 00:00:00 GMT")},
      {"Link", ReplyHeader("What to use instead, and where it is told.", "</docs#ListIncidents>; rel=\"deprecation\"")},
      {"Challenge", ReplyHeader("How to sign in (RFC 6750).", "Bearer realm=\"evenhand\"")},
  };
}

OrderedJson SharedResponses(const Comments& comments) {
  std::map<int, std::vector<common::v1::ErrorReason::Value>> by_status;
  const auto* reasons = common::v1::ErrorReason::Value_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<common::v1::ErrorReason::Value>(reasons->value(i)->number());
    by_status[HttpStatusOf(reason)].push_back(reason);
  }
  OrderedJson responses;
  for (const auto& [status, list] : by_status) {
    std::string text = TitleOf(list.front()) + ".";
    for (const auto reason : list) {
      const std::string& name = common::v1::ErrorReason::Value_Name(reason);
      text += "\n- `" + name + "`: " + comments.Of(reasons->full_name() + "." + name);
    }
    Problem problem = ProblemOf(list.front(), TitleOf(list.front()) + ".");
    if (status == 403) problem.clause = "7.3";
    if (status == 400) problem.violations = {{"6.2", "necessity", "Say why it is necessary."}};
    OrderedJson response = {{"description", text}, {"headers", {{"X-Request-Id", {{"$ref", "#/components/headers/RequestId"}}}}}};
    if (status == 401) response["headers"]["WWW-Authenticate"] = {{"$ref", "#/components/headers/Challenge"}};
    if (status == 429 || status == 503) response["headers"]["Retry-After"] = {{"$ref", "#/components/headers/RetryAfter"}};
    response["content"] = {{"application/problem+json",
                            {{"schema", {{"$ref", "#/components/schemas/Problem"}}},
                             {"example", OrderedJson::parse(ToJson(problem, "/v1/restrictions", "0af7651916cd43dd8448eb211c80319c"))}}}};
    responses["Problem" + std::to_string(status)] = std::move(response);
  }
  return responses;
}

}  // namespace evenhand::gateway
