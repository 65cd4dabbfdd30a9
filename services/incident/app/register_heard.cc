// The register tells of its entries: from incident to register is measured to the entry itself (4.3, 12.2).
#include <absl/strings/str_split.h>

#include "services/incident/app/heard.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

// Only what the event says: an entry that was proposed before this service listened is known from its confirmation.
void Note(Session& session, const IncomingEvent& event, bool confirmed) {
  const std::string at = FormatInstant(event.occurred_at);
  for (const absl::string_view id : absl::StrSplit(event.Get("incidentIds"), ',', absl::SkipEmpty())) {
    if (!IsUuid(std::string(id)) || !IsUuid(event.Get("markerId"))) continue;
    session.sql().exec_params(
        "insert into register_entry (marker_id, incident_id, proposed_at, confirmed_at) values ($1::uuid, $2::uuid, $3::timestamptz, case "
        "when $4 then $3::timestamptz end) on conflict (marker_id, incident_id) do update set confirmed_at = "
        "coalesce(register_entry.confirmed_at, excluded.confirmed_at)",
        event.Get("markerId"), std::string(id), at, confirmed);
  }
}

}  // namespace

std::optional<Refusal> MarkerProposed(Session& session, const IncomingEvent& event) {
  Note(session, event, false);
  return std::nullopt;
}

std::optional<Refusal> MarkerConfirmed(Session& session, const IncomingEvent& event) {
  Note(session, event, true);
  return std::nullopt;
}

}  // namespace evenhand::incident
