#include "services/platform/outbox/relay.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <absl/random/random.h>
#include <google/protobuf/util/time_util.h>

#include "services/events/event_type.h"
#include "services/platform/base/local_date.h"
#include "services/platform/obs/log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/pg/quick_look.h"

namespace evenhand {
namespace {

constexpr absl::Duration kDeliveryDeadline = absl::Seconds(10);
constexpr double kFirstBackOffSeconds = 0.2;
constexpr double kLongestBackOffSeconds = 300;
// A destination that is away is no fault of the event: it is asked again soon, for as long as it takes.
constexpr double kAwaySeconds = 0.5;

class WakeUp final : public pqxx::notification_receiver {
 public:
  WakeUp(pqxx::connection_base& connection, const std::string& channel) : pqxx::notification_receiver(connection, channel) {}
  void operator()(const std::string&, int) override {}
};

// Nothing where its type is not known here: a later version kept it, whose own relay carries it.
std::optional<common::v1::DeliverEventRequest> RequestOf(const pqxx::row& row, const std::string& source) {
  const events::EventType* type = events::FindEventType(row["type"].c_str());
  const events::Data data = type == nullptr ? nullptr : events::DataOf(*type, std::string(row["data"].c_str()));
  if (data == nullptr) return std::nullopt;
  common::v1::DeliverEventRequest request;
  common::v1::Event& event = *request.mutable_event();
  event.set_id(row["event_id"].c_str());
  event.set_source(source);
  event.set_type(row["type"].c_str());
  event.set_subject(row["subject"].c_str());
  event.mutable_data()->PackFrom(*data);
  *event.mutable_occurred_at() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row["micros"].as<std::int64_t>());
  event.set_traceparent(row["traceparent"].c_str());
  return request;
}

// Full jitter over an exponentially growing time.
absl::Duration BackOff(int attempts) {
  static thread_local absl::BitGen random;
  const double most = std::min(kLongestBackOffSeconds, kFirstBackOffSeconds * std::pow(2.0, attempts));
  return absl::Seconds(most / 2 + absl::Uniform(random, 0.0, most / 2));
}

bool IsAway(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

Relay::Relay(Pool& pool, std::shared_ptr<grpc::Channel> channel, Options options)
    : pool_(pool), options_(std::move(options)), stub_(common::v1::EventService::NewStub(std::move(channel))) {}

void Relay::RunOnce() {
  try {
    while ((woken_ || IsAnythingDue()) && DeliverBatch() == options_.batch) {
    }
    WaitForWork();
  } catch (const pqxx::failure& error) {
    woken_ = true;
    receiver_.reset();  // before its connection: it takes its leave there
    listening_.reset();
    pool_.Forget();
    absl::SleepFor(absl::Milliseconds(200));
  }
}

// Whoever was woken does without: they know. A poll mostly finds nothing, and is told so without a transaction.
bool Relay::IsAnythingDue() {
  const auto row = QuickLook(pool_, "outbox due",
                             "select exists (select from outbox where destination = $1 and parked_at is null and next_attempt_at <= $2)",
                             options_.destination, FormatInstant(absl::Now()));
  return !row || (*row)[0].as<bool>();
}

// The real clock decides when to try again: a shifted one (dev mode) would only shift both sides.
int Relay::DeliverBatch() {
  absl::StatusOr<Pool::Lease> lease = pool_.Acquire(absl::Now() + absl::Seconds(2));
  if (!lease.ok()) return 0;
  pqxx::work sql(**lease);
  const absl::Time now = absl::Now();
  const auto rows = sql.exec_params(
      "select o.id, o.event_id, o.type, o.subject, o.data, o.attempts, o.traceparent, (extract(epoch from o.occurred_at) * "
      "1000000)::bigint as micros "
      "from outbox o "
      "where o.destination = $1 and o.parked_at is null and o.next_attempt_at <= $2 "
      "and not exists (select from outbox earlier where earlier.destination = o.destination and earlier.subject = o.subject and earlier.id "
      "< "
      "o.id) "
      "order by o.id limit $3 for update skip locked",
      options_.destination, FormatInstant(now), options_.batch);
  for (const auto& row : rows) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kDeliveryDeadline));
    if (const std::string trace = row["traceparent"].c_str(); !trace.empty()) context.AddMetadata("traceparent", trace);
    common::v1::DeliverEventResponse reply;
    const auto request = RequestOf(row, options_.source);
    const grpc::Status status =
        request ? stub_->DeliverEvent(&context, *request, &reply) : grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "not known here");
    const std::int64_t id = row["id"].as<std::int64_t>();
    if (status.ok()) {
      sql.exec_params("delete from outbox where id = $1", id);
      continue;
    }
    const bool away = IsAway(status);
    const int attempts = row["attempts"].as<int>() + (away ? 0 : 1);
    const absl::Duration pause = away ? absl::Seconds(kAwaySeconds) : BackOff(attempts);
    const bool parked = attempts >= options_.attempts_before_parking;
    sql.exec_params(
        "update outbox set attempts = $2, next_attempt_at = $3, last_error = $4, parked_at = case when $5 then $6::timestamptz end where "
        "id = $1",
        id, attempts, FormatInstant(now + pause), "gRPC " + std::to_string(status.error_code()), parked, FormatInstant(now));
    if (parked)
      Log(Level::kError, "event parked",
          {{"eventId", row["event_id"].c_str()}, {"type", row["type"].c_str()}, {"destination", options_.destination}});
    if (away) break;
  }
  sql.commit();
  return static_cast<int>(rows.size());
}

void Relay::WaitForWork() {
  if (listening_ == nullptr) {
    listening_ = pool_.Open();
    receiver_ = std::make_unique<WakeUp>(*listening_, "outbox_" + options_.source);
  }
  const auto micros = absl::ToInt64Microseconds(options_.poll);
  woken_ = listening_->await_notification(micros / 1'000'000, micros % 1'000'000) > 0;
}

}  // namespace evenhand
