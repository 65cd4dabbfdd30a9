#include "gateway/route/retirement.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <google/protobuf/descriptor.pb.h>

#include "services/platform/base/check.h"
#include "services/platform/base/local_date.h"

namespace evenhand::gateway {
namespace {

constexpr int kLeastMonths = 12;  // docs/api-versioning.md

}  // namespace

std::span<const Retirement> Retirements() { return {}; }

Notices NoticesOf(const google::protobuf::MethodDescriptor& rpc, std::span<const Retirement> retirements) {
  const std::string name = rpc.service()->full_name() + "/" + rpc.name();
  const auto row = std::ranges::find(retirements, name, &Retirement::rpc);
  EVENHAND_CHECK(rpc.options().deprecated() == (row != retirements.end()),
                 (name + " is retired in the contract or in the table alone").c_str());
  if (row == retirements.end()) return {};
  const auto deprecated = ParseDate(row->deprecated_on), sunset = ParseDate(row->sunset_on);
  EVENHAND_CHECK(deprecated && sunset && *sunset >= AddMonths(*deprecated, kLeastMonths), (name + " is retired too soon").c_str());
  Notices notices;
  notices.emplace_back("Deprecation", absl::StrCat("@", absl::ToUnixSeconds(StartOf(*deprecated))));
  notices.emplace_back("Sunset", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", StartOf(*sunset), absl::UTCTimeZone()));
  std::string links = absl::StrCat("</docs#", rpc.name(), ">; rel=\"deprecation\"; type=\"text/html\"");
  if (!row->successor.empty()) absl::StrAppend(&links, ", <", std::string(row->successor), ">; rel=\"successor-version\"");
  notices.emplace_back("Link", std::move(links));
  return notices;
}

}  // namespace evenhand::gateway
