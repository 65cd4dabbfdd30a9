// What waits for one user (GET /v1/work) has one order over all services: each gives a page of its own part, and the parts are merged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "evenhand/work/v1/work_service.pb.h"

namespace evenhand {

using work::v1::WorkItem;
using work::v1::WorkKind;

// `due`: without one it is never late, and comes last.
WorkItem ItemOf(WorkKind::Value kind, std::string title, std::string subject, std::optional<absl::Time> due, std::string href,
                absl::Time now);

// Where an item stands, as text that sorts: by when it is due, then by kind and path; no two stand alike.
std::string PlaceOf(const WorkItem& item);

// Of a place, for who reads on in SQL; nothing where it is none.
struct Place {
  absl::Time due;  // InfiniteFuture: without a date
  WorkKind::Value kind;
  std::string id;  // the last part of the path
};
std::optional<Place> ReadPlace(const std::string& place);

// The part of a service that has all of its items at hand: counted, and the page of those that are asked for.
work::v1::ListOwnWorkResponse PartOf(std::vector<WorkItem> all, const work::v1::ListOwnWorkRequest& request);

}  // namespace evenhand
