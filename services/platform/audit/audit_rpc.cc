#include "services/platform/audit/audit_rpc.h"

#include <algorithm>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/util/time_util.h>

#include "services/platform/base/local_date.h"
#include "services/platform/lists/page.h"

namespace evenhand {
namespace {

using Line = audit::v1::AuditEntry;  // evenhand::AuditEntry is the one that is written
using audit::v1::ListAuditEntriesRequest;
using audit::v1::ListAuditEntriesResponse;
using google::protobuf::util::TimeUtil;

std::string Instant(bool given, const google::protobuf::Timestamp& time, const char* otherwise) {
  return given ? FormatInstant(absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(time))) : otherwise;
}

Line EntryOf(const pqxx::row& row, const std::string& service) {
  Line entry;
  entry.set_id(row["id"].c_str());
  entry.set_service(service);
  *entry.mutable_at() = TimeUtil::MicrosecondsToTimestamp(row["micros"].as<std::int64_t>());
  entry.set_actor(row["actor"].c_str());
  entry.set_acting_through(row["acting_through"].c_str());
  entry.set_action(row["action"].c_str());
  entry.set_subject_kind(row["subject_kind"].c_str());
  entry.set_subject_id(row["subject_id"].c_str());
  entry.set_person_id(row["person_id"].c_str());
  entry.set_clause(row["clause"].c_str());
  entry.set_before(row["before"].c_str());
  entry.set_after(row["after"].c_str());
  entry.set_trace_id(row["trace_id"].c_str());
  entry.set_reason(row["reason"].c_str());
  return entry;
}

Outcome<ListAuditEntriesResponse> OwnEntries(Session& session, const ListAuditEntriesRequest& request, const std::string& service) {
  // Between services the position is the id of the oldest entry already given.
  const Page page = PageOf(request.page());
  const std::string below = page.after.empty() ? "9223372036854775807" : page.after;
  const auto rows = session.sql().exec_params(
      "select id, (extract(epoch from at) * 1000000)::bigint as micros, actor, acting_through, action, subject_kind, subject_id, "
      "person_id, clause, "
      "before, after, trace_id, reason from audit "
      // Two halves of the subjects, with an index each.
      "where id < $1 and ($2 = '' or (subject_id = $2 and subject_id <> person_id) or (person_id = $2 and subject_id = person_id)) "
      "and ($3 = '' or person_id = $3) and ($4 = '' or actor = $4) and ($5 = '' or action = $5) "
      "and at >= $6::timestamptz and at < $7::timestamptz order by id desc limit $8",
      below, request.subject_id(), request.person_id(), request.actor(), request.action(),
      Instant(request.has_from(), request.from(), "-infinity"), Instant(request.has_to(), request.to(), "infinity"), page.one_more());
  ListAuditEntriesResponse reply;
  for (const auto& row : rows) *reply.add_audit_entries() = EntryOf(row, service);
  return reply;
}

// "incident:120,restriction:77": how far each service has been read.
std::optional<std::map<std::string, std::string>> ReadPositions(const std::string& token) {
  std::map<std::string, std::string> positions;
  for (const absl::string_view part : absl::StrSplit(token, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> position = absl::StrSplit(part, absl::MaxSplits(':', 1));
    std::int64_t number = 0;
    if (!absl::SimpleAtoi(position.second, &number)) return std::nullopt;
    positions[position.first] = position.second;
  }
  return positions;
}

Refusal Away(const std::string& service) {
  return {.kind = RefusalKind::kUnavailable,
          .reason = ErrorReason::UNAVAILABLE,
          .detail = absl::StrCat("The audit of ", service, "-service can't be read right now; please try again.")};
}

bool Newer(const Line& a, const Line& b) { return TimeUtil::TimestampToMicroseconds(a.at()) > TimeUtil::TimestampToMicroseconds(b.at()); }

}  // namespace

grpc::Status OwnAuditRpc::ListOwnAuditEntries(grpc::ServerContext* context, const ListAuditEntriesRequest* request,
                                              ListAuditEntriesResponse* reply) {
  return rpc_.Unary(context, "ListOwnAuditEntries", *request, reply, [&](const Call& call) {
    return unit_of_work_.Read<ListAuditEntriesResponse>(call, [&](Session& session) { return OwnEntries(session, *request, service_); });
  });
}

AuditRpc::AuditRpc(const Rpc& rpc, UnitOfWork& unit_of_work, const Channels& channels) : rpc_(rpc), unit_of_work_(unit_of_work) {
  for (const auto& [service, channel] : channels) stubs_[service] = audit::v1::AuditInternalService::NewStub(channel);
}

grpc::Status AuditRpc::ListAuditEntries(grpc::ServerContext* context, const ListAuditEntriesRequest* request,
                                        ListAuditEntriesResponse* reply) {
  return rpc_.Unary(context, "ListAuditEntries", *request, reply, [&](const Call& call) -> Outcome<ListAuditEntriesResponse> {
    if (!ReadPositions(request->page().page_token())) return NotOfThisList();
    // The look is kept first: an auditor's reading of a person's record is audited like anybody's.
    const auto kept = unit_of_work_.Read<ListAuditEntriesResponse>(call, [&](Session& session) -> Outcome<ListAuditEntriesResponse> {
      session.Audit({.action = "audit.read",
                     .subject_kind = "audit",
                     .subject_id = request->subject_id(),
                     .clause = "12.4",
                     .person_id = request->person_id()});
      return ListAuditEntriesResponse();
    });
    if (!kept.ok()) return kept.refusal();
    return Gather(call, *request);
  });
}

Outcome<ListAuditEntriesResponse> AuditRpc::Gather(const Call& call, const ListAuditEntriesRequest& request) const {
  const Page page = PageOf(request.page());
  std::map<std::string, std::string> positions = *ReadPositions(page.after);
  std::vector<Line> all;
  for (const auto& [service, stub] : stubs_) {
    if (!request.service().empty() && request.service() != service) continue;
    ListAuditEntriesRequest own = request;
    own.mutable_page()->set_page_token(positions[service]);
    ListAuditEntriesResponse found;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(call.deadline));
    context.AddMetadata("traceparent", call.traceparent);
    if (!stub->ListOwnAuditEntries(&context, own, &found).ok()) return Away(service);
    all.insert(all.end(), found.audit_entries().begin(), found.audit_entries().end());
  }
  std::ranges::stable_sort(all, Newer);
  ListAuditEntriesResponse reply;
  const std::size_t size = std::min(all.size(), page.size);
  for (std::size_t i = 0; i < size; ++i) {
    positions[all[i].service()] = all[i].id();
    *reply.add_audit_entries() = std::move(all[i]);
  }
  if (all.size() > size) {
    for (const auto& [service, position] : positions) {
      if (!position.empty())
        absl::StrAppend(reply.mutable_next_page_token(), reply.next_page_token().empty() ? "" : ",", service, ":", position);
    }
  }
  return reply;
}

}  // namespace evenhand
