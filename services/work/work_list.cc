#include "services/work/work_list.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/util/time_util.h>

#include "services/platform/lists/page.h"

namespace evenhand {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::int64_t kNever = 9'999'999'999'999'999;  // microseconds: after every date there is
constexpr int kDigits = 16;

}  // namespace

WorkItem ItemOf(WorkKind::Value kind, std::string title, std::string subject, std::optional<absl::Time> due, std::string href,
                absl::Time now) {
  WorkItem item;
  item.set_kind(kind);
  item.set_title(std::move(title));
  item.set_subject(std::move(subject));
  if (due) *item.mutable_due_at() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*due));
  item.set_late(due && *due < now);
  item.set_href(std::move(href));
  return item;
}

std::string PlaceOf(const WorkItem& item) {
  const std::int64_t due = item.has_due_at() ? TimeUtil::TimestampToMicroseconds(item.due_at()) : kNever;
  return absl::StrFormat("%0*d%d%s", kDigits, due, static_cast<int>(item.kind()), item.href());
}

std::optional<Place> ReadPlace(const std::string& place) {
  std::int64_t due = 0;
  int kind = 0;
  if (place.size() < kDigits + 2 || !absl::SimpleAtoi(place.substr(0, kDigits), &due) || !absl::SimpleAtoi(place.substr(kDigits, 1), &kind))
    return std::nullopt;
  return Place{.due = due == kNever ? absl::InfiniteFuture() : absl::FromUnixMicros(due),
               .kind = static_cast<WorkKind::Value>(kind),
               .id = place.substr(place.rfind('/') + 1)};
}

work::v1::ListOwnWorkResponse PartOf(std::vector<WorkItem> all, const work::v1::ListOwnWorkRequest& request) {
  work::v1::ListOwnWorkResponse part;
  for (const WorkItem& item : all) {
    ++(*part.mutable_counts())[WorkKind::Value_Name(item.kind())];
    if (item.late()) part.set_late_count(part.late_count() + 1);
  }
  std::erase_if(all, [&](const WorkItem& item) {
    return (request.kind() != WorkKind::KIND_UNSPECIFIED && item.kind() != request.kind()) || (request.late() && !item.late());
  });
  Page page = PageOf(request.page());
  ++page.size;  // who merges sees whether there is more
  TakePage(all, page, PlaceOf);
  for (WorkItem& item : all) *part.add_items() = std::move(item);
  return part;
}

}  // namespace evenhand
