// Phone numbers and the other handles: one normal form, reached in one step, of a shape that the index and the database take.
// Input: the kind on the first line ("PHONE"), what somebody wrote after it.
#include <algorithm>
#include <string>
#include <string_view>

#include "services/handles/handles.h"
#include "tests/fuzz/claim.h"

namespace evenhand::fuzz {
namespace {

bool Digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void OneNormalForm(std::string_view kind, std::string_view written) {
  const auto once = Normalise(kind, written);
  if (!once) return;
  const std::string both = std::string(kind) + " " + std::string(written);
  const auto twice = Normalise(kind, *once);
  Claim(twice == once, "the normal form is its own", both, *once + " / " + twice.value_or("(none)"));
  Claim(!once->empty() && once->size() <= 320, "a handle has a length", both, *once);
  Claim(Normalise(kind, " " + std::string(written) + "\t") == once, "space around it does not matter", both, *once);
  if (kind == "PHONE") Claim(once->starts_with('+') && Digits(once->substr(1)) && once->size() <= 21, "a number is E.164", both, *once);
  if (kind == "UPRN") Claim(Digits(*once) && once->size() <= 12 && once->front() != '0', "a UPRN is digits", both, *once);
  if (kind == "EMAIL") Claim(std::count(once->begin(), once->end(), '@') == 1, "an address has one @", both, *once);
}

}  // namespace
}  // namespace evenhand::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  evenhand::fuzz::OneNormalForm(input.substr(0, end), input.substr(end + 1));
  return 0;
}
