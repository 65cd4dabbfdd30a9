// One page of a list (AIP-158), the same for every list of the house. Rpc opens a caller's token before a use case sees it and seals the
// one that the use case answers: within a service a token is the position itself, in the list's own words.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "evenhand/common/v1/page.pb.h"
#include "services/platform/base/refusal.h"

namespace evenhand {

inline constexpr int kDefaultPage = 50;
inline constexpr int kLargestPage = 200;  // a reply of a few hundred kilobytes

struct Page {
  std::size_t size = kDefaultPage;
  std::string after;  // the position of the last row given; empty: from the start

  int one_more() const { return static_cast<int>(size) + 1; }  // to fetch: it tells whether there is a next page
};

Page PageOf(const common::v1::Page& asked);

// The refusal of a token that is none of this list's.
Refusal NotOfThisList();

// The same for lists whose position is an id.
std::optional<Refusal> RefusalOfPosition(const Page& page);

// Keeps the page of rows that were fetched one beyond it; answers the position of its last row, or "" when no more follow.
template <typename Rows, typename PositionOf>
std::string CutToPage(Rows& rows, const Page& page, PositionOf position_of) {
  if (static_cast<std::size_t>(rows.size()) <= page.size) return "";
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(page.size), rows.end());
  return position_of(*std::prev(rows.end()));
}

// The same of all rows there are, which it puts in the order of their positions; no two have the same.
template <typename Rows, typename PositionOf>
std::string TakePage(Rows& rows, const Page& page, PositionOf position_of) {
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return position_of(a) < position_of(b); });
  rows.erase(rows.begin(), std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return position_of(row) > page.after; }));
  return CutToPage(rows, page, position_of);
}

// The page that a request asks for; null: it asks for no list.
common::v1::Page* PageIn(google::protobuf::Message& request);

// What a token is bound to: the RPC and everything that its request asks but the page.
std::string QueryOf(std::string_view method, const google::protobuf::Message& request);

std::string SealPosition(const std::string& query, const std::string& position);

// The position; nothing where the token is of another query, or of none.
std::optional<std::string> OpenToken(const std::string& query, const std::string& token);

}  // namespace evenhand
