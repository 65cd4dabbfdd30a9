#include "gateway/json/well_known.h"

#include <algorithm>

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/time_util.h>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/time/civil_time.h>

namespace evenhand::gateway {
namespace {

using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::TimeUtil;

bool AllDigits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

// RFC 3339 in capital letters, as proto3 JSON has it; absl and TimeUtil are laxer than that.
bool LooksLikeTime(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < kShape.size() + 1) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kShape[i]) return false;
  }
  std::string_view rest = text.substr(kShape.size());
  if (rest.front() == '.') {
    const std::size_t end = rest.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1 || end > 10) return false;
    rest.remove_prefix(end);
  }
  if (rest == "Z") return true;
  return rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && AllDigits(rest.substr(1, 2)) && rest[3] == ':' &&
         AllDigits(rest.substr(4));
}

// lowerCamelCase paths; protobuf's own two readers disagree about a name that begins with a capital letter.
bool LooksLikeMask(std::string_view text) {
  bool begins = true;
  for (const char c : text) {
    const bool small = c >= 'a' && c <= 'z', more = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool ends = c == '.' || c == ',';
    if (begins ? !small : !small && !more && !ends) return false;
    begins = ends;
  }
  return !begins || text.empty();
}

// TimeUtil says the same in ten times as many steps; whatever is out of range is left to it.
std::string WriteTime(const google::protobuf::Timestamp& time) {
  const bool fits = time.seconds() >= TimeUtil::kTimestampMinSeconds && time.seconds() <= TimeUtil::kTimestampMaxSeconds &&
                    time.nanos() >= 0 && time.nanos() < 1'000'000'000;
  if (!fits) return TimeUtil::ToString(time);
  const absl::CivilSecond at = absl::CivilSecond(1970) + time.seconds();
  std::string text = "0000-00-00T00:00:00.000000000Z";
  const auto put = [&](std::size_t last, std::int64_t number) {
    for (; number > 0; number /= 10) text[last--] = static_cast<char>('0' + number % 10);
  };
  put(3, at.year()), put(6, at.month()), put(9, at.day()), put(12, at.hour()), put(15, at.minute()), put(18, at.second());
  put(28, time.nanos());
  // Of a second none, three, six or nine digits.
  const std::size_t size = time.nanos() == 0 ? 19 : time.nanos() % 1'000'000 == 0 ? 23 : time.nanos() % 1'000 == 0 ? 26 : 29;
  text.resize(size), text += 'Z';
  return text;
}

}  // namespace

Form FormOf(const google::protobuf::Descriptor& type) {
  using google::protobuf::Descriptor;
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Form::kTimestamp;
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return Form::kDuration;
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return Form::kFieldMask;
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return Form::kStruct;
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return Form::kValue;
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return Form::kList;
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_ANY:
      return Form::kPlain;
    default:
      return Form::kWrapper;
  }
}

std::string_view ReadWellKnown(Form form, std::string_view text, google::protobuf::Message* message) {
  const std::string copy(text);
  switch (form) {
    case Form::kTimestamp:
      if (LooksLikeTime(text) && TimeUtil::FromString(copy, static_cast<google::protobuf::Timestamp*>(message))) return {};
      return "This is not a time such as \"2026-11-02T10:15:00Z\".";
    case Form::kDuration:
      if (TimeUtil::FromString(copy, static_cast<google::protobuf::Duration*>(message))) return {};
      return "This is not a duration such as \"604800s\".";
    default:
      if (LooksLikeMask(text) && FieldMaskUtil::FromJsonString(copy, static_cast<google::protobuf::FieldMask*>(message))) return {};
      return "This is not a list of field names such as \"displayName,handles\".";
  }
}

std::string WriteWellKnown(Form form, const google::protobuf::Message& message) {
  std::string text;
  switch (form) {
    case Form::kTimestamp:
      return WriteTime(static_cast<const google::protobuf::Timestamp&>(message));
    case Form::kDuration:
      return TimeUtil::ToString(static_cast<const google::protobuf::Duration&>(message));
    default:
      FieldMaskUtil::ToJsonString(static_cast<const google::protobuf::FieldMask&>(message), &text);
      return text;
  }
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes, again;
  const absl::string_view view(text.data(), text.size());
  const bool standard = absl::Base64Unescape(view, &bytes);
  if (!standard && !absl::WebSafeBase64Unescape(view, &bytes)) return std::nullopt;
  // absl takes spaces, and bits behind the last byte, too: one text for the same bytes, padded or not.
  absl::Base64Escape(bytes, &again);
  if (!standard) std::replace(again.begin(), again.end(), '+', '-'), std::replace(again.begin(), again.end(), '/', '_');
  if (!text.ends_with('=')) again.resize(std::min(again.size(), again.find('=')));
  return again == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace evenhand::gateway
