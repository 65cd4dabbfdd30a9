// As much of MIME as a delivery report needs: headers, a type with its parameters, the parts of a multipart, two encodings. Takes any
// bytes: what is too long or makes no sense is left out, never an error.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenhand::notification {

using MimeHeaders = std::vector<std::pair<std::string, std::string>>;  // names in lower case, values unfolded and trimmed

// Reads up to and with the next empty line; `text` is what is left.
MimeHeaders TakeHeaders(std::string_view& text);
// The first of this name, or "".
std::string HeaderOf(const MimeHeaders& headers, std::string_view name);

struct MimeType {
  std::string name;  // "multipart/report", in lower case
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string Parameter(std::string_view wanted) const;  // or ""
};
MimeType TypeOf(const MimeHeaders& headers);

// What stands between the boundaries; a last part without its end (a mail that was cut) counts.
std::vector<std::string_view> PartsOf(std::string_view body, const std::string& boundary);

// The body without its base64 or quoted-printable.
std::string Decoded(const MimeHeaders& headers, std::string_view body);

}  // namespace evenhand::notification
