// The register tells of its entries: from incident to register is measured to the entry itself (4.3, 12.2).
#include "services/incident/app/heard.h"
#include "services/platform/base/local_date.h"
#include "services/platform/base/uuid.h"

namespace evenhand::incident {
namespace {

// Only what the event says: an entry that was proposed before this service listened is known from its confirmation.
void Note(Session& session, const std::string& marker_id, const events::v1::MarkerGrounds& grounds, absl::Time occurred_at,
          bool confirmed) {
  const std::string at = FormatInstant(occurred_at);
  for (const std::string& id : grounds.incident_ids()) {
    if (!IsUuid(id) || !IsUuid(marker_id)) continue;
    session.sql().exec_params(
        "insert into register_entry (marker_id, incident_id, proposed_at, confirmed_at) values ($1::uuid, $2::uuid, $3::timestamptz, case "
        "when $4 then $3::timestamptz end) on conflict (marker_id, incident_id) do update set confirmed_at = "
        "coalesce(register_entry.confirmed_at, excluded.confirmed_at)",
        marker_id, id, at, confirmed);
  }
}

}  // namespace

std::optional<Refusal> MarkerProposed(Session& session, const events::v1::MarkerProposed& proposed, const IncomingEvent& event) {
  Note(session, proposed.marker().marker_id(), proposed.grounds(), event.occurred_at, false);
  return std::nullopt;
}

std::optional<Refusal> MarkerConfirmed(Session& session, const events::v1::MarkerConfirmed& confirmed, const IncomingEvent& event) {
  Note(session, confirmed.marker().marker_id(), confirmed.grounds(), event.occurred_at, true);
  return std::nullopt;
}

}  // namespace evenhand::incident
