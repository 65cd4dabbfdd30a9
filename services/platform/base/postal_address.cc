#include "services/platform/base/postal_address.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace evenhand {
namespace {

constexpr std::size_t kFewestLines = 3;
constexpr std::size_t kMostLines = 7;
constexpr std::size_t kLongestLine = 100;

// Small letters and digits with single blanks between: "N.F.A" and "no-fixed  abode" say the same as "nfa" and "no fixed abode".
std::string Plain(std::string_view line) {
  std::string plain;
  for (const char c : line) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      plain += c;
    } else if (c != '.' && c != '\'' && !plain.empty() && plain.back() != ' ') {
      plain += ' ';
    }
  }
  while (plain.ends_with(' ')) plain.pop_back();
  return plain;
}

bool SaysThereIsNone(const std::string& plain) {
  constexpr std::string_view kWhole[] = {"nfa",
                                         "none",
                                         "unknown",
                                         "not known",
                                         "na",
                                         "n a",
                                         "no address",
                                         "address unknown",
                                         "unknown address",
                                         "no known address",
                                         "homeless",
                                         "gone away",
                                         "tbc",
                                         "address not known",
                                         "to be confirmed"};
  constexpr std::string_view kWithin[] = {"no fixed abode",  "no fixed address",  "of no fixed",
                                          "address unknown", "address not known", "no known address"};
  return std::ranges::find(kWhole, plain) != std::end(kWhole) || plain.starts_with("nfa ") || plain.ends_with(" nfa") ||
         std::ranges::any_of(kWithin, [&](std::string_view words) { return plain.find(words) != std::string::npos; });
}

// A9 9AA, A9A 9AA, A99 9AA, AA9 9AA, AA9A 9AA, AA99 9AA and GIR 0AA, with or without the blank; BFPO and its number. No GX11 1AA:
// Gibraltar's is posted abroad.
bool IsPostcode(const std::string& plain) {
  std::string shape, bare;
  for (const char c : plain) {
    if (c == ' ') continue;
    bare += c;
    shape += std::isdigit(static_cast<unsigned char>(c)) != 0 ? '9' : std::isalpha(static_cast<unsigned char>(c)) != 0 ? 'A' : '?';
  }
  if (bare.starts_with("bfpo")) return bare.size() > 4 && bare.size() <= 8 && bare.find_first_not_of("0123456789", 4) == std::string::npos;
  if (bare.starts_with("gx")) return false;
  if (bare == "gir0aa") return true;
  constexpr std::string_view kShapes[] = {"A99AA", "A9A9AA", "A999AA", "AA99AA", "AA9A9AA", "AA999AA"};
  return std::ranges::find(kShapes, shape) != std::end(kShapes);
}

// Where letters are posted abroad, and the parts of the United Kingdom that stand after a postcode.
constexpr std::string_view kCountries[] = {"afghanistan",
                                           "albania",
                                           "algeria",
                                           "andorra",
                                           "angola",
                                           "anguilla",
                                           "antigua and barbuda",
                                           "argentina",
                                           "armenia",
                                           "aruba",
                                           "australia",
                                           "austria",
                                           "azerbaijan",
                                           "bahamas",
                                           "the bahamas",
                                           "bahrain",
                                           "bangladesh",
                                           "barbados",
                                           "belarus",
                                           "belgium",
                                           "belize",
                                           "benin",
                                           "bermuda",
                                           "bhutan",
                                           "bolivia",
                                           "bosnia and herzegovina",
                                           "botswana",
                                           "brazil",
                                           "british virgin islands",
                                           "brunei",
                                           "bulgaria",
                                           "burkina faso",
                                           "burundi",
                                           "cambodia",
                                           "cameroon",
                                           "canada",
                                           "cape verde",
                                           "cayman islands",
                                           "central african republic",
                                           "chad",
                                           "chile",
                                           "china",
                                           "colombia",
                                           "comoros",
                                           "congo",
                                           "democratic republic of the congo",
                                           "costa rica",
                                           "croatia",
                                           "cuba",
                                           "curacao",
                                           "cyprus",
                                           "czechia",
                                           "czech republic",
                                           "denmark",
                                           "djibouti",
                                           "dominica",
                                           "dominican republic",
                                           "east timor",
                                           "ecuador",
                                           "egypt",
                                           "el salvador",
                                           "england",
                                           "equatorial guinea",
                                           "eritrea",
                                           "estonia",
                                           "eswatini",
                                           "ethiopia",
                                           "falkland islands",
                                           "faroe islands",
                                           "fiji",
                                           "finland",
                                           "france",
                                           "french guiana",
                                           "french polynesia",
                                           "gabon",
                                           "gambia",
                                           "the gambia",
                                           "georgia",
                                           "germany",
                                           "ghana",
                                           "gibraltar",
                                           "greece",
                                           "greenland",
                                           "grenada",
                                           "guadeloupe",
                                           "guam",
                                           "guatemala",
                                           "guernsey",
                                           "guinea",
                                           "guinea bissau",
                                           "guyana",
                                           "haiti",
                                           "honduras",
                                           "hong kong",
                                           "hungary",
                                           "iceland",
                                           "india",
                                           "indonesia",
                                           "iran",
                                           "iraq",
                                           "ireland",
                                           "republic of ireland",
                                           "isle of man",
                                           "israel",
                                           "italy",
                                           "ivory coast",
                                           "jamaica",
                                           "japan",
                                           "jersey",
                                           "jordan",
                                           "kazakhstan",
                                           "kenya",
                                           "kiribati",
                                           "kosovo",
                                           "kuwait",
                                           "kyrgyzstan",
                                           "laos",
                                           "latvia",
                                           "lebanon",
                                           "lesotho",
                                           "liberia",
                                           "libya",
                                           "liechtenstein",
                                           "lithuania",
                                           "luxembourg",
                                           "macao",
                                           "madagascar",
                                           "malawi",
                                           "malaysia",
                                           "maldives",
                                           "mali",
                                           "malta",
                                           "marshall islands",
                                           "martinique",
                                           "mauritania",
                                           "mauritius",
                                           "mexico",
                                           "micronesia",
                                           "moldova",
                                           "monaco",
                                           "mongolia",
                                           "montenegro",
                                           "montserrat",
                                           "morocco",
                                           "mozambique",
                                           "myanmar",
                                           "namibia",
                                           "nauru",
                                           "nepal",
                                           "netherlands",
                                           "the netherlands",
                                           "new caledonia",
                                           "new zealand",
                                           "nicaragua",
                                           "niger",
                                           "nigeria",
                                           "north korea",
                                           "north macedonia",
                                           "northern ireland",
                                           "norway",
                                           "oman",
                                           "pakistan",
                                           "palau",
                                           "palestine",
                                           "panama",
                                           "papua new guinea",
                                           "paraguay",
                                           "peru",
                                           "philippines",
                                           "poland",
                                           "portugal",
                                           "puerto rico",
                                           "qatar",
                                           "reunion",
                                           "romania",
                                           "russia",
                                           "rwanda",
                                           "samoa",
                                           "san marino",
                                           "sao tome and principe",
                                           "saudi arabia",
                                           "scotland",
                                           "senegal",
                                           "serbia",
                                           "seychelles",
                                           "sierra leone",
                                           "singapore",
                                           "slovakia",
                                           "slovenia",
                                           "solomon islands",
                                           "somalia",
                                           "south africa",
                                           "south korea",
                                           "south sudan",
                                           "spain",
                                           "sri lanka",
                                           "st helena",
                                           "st kitts and nevis",
                                           "st lucia",
                                           "st vincent and the grenadines",
                                           "sudan",
                                           "suriname",
                                           "sweden",
                                           "switzerland",
                                           "syria",
                                           "taiwan",
                                           "tajikistan",
                                           "tanzania",
                                           "thailand",
                                           "togo",
                                           "tonga",
                                           "trinidad and tobago",
                                           "tunisia",
                                           "turkey",
                                           "turkmenistan",
                                           "turks and caicos islands",
                                           "tuvalu",
                                           "uganda",
                                           "ukraine",
                                           "united arab emirates",
                                           "united kingdom",
                                           "uk",
                                           "united states",
                                           "united states of america",
                                           "usa",
                                           "uruguay",
                                           "uzbekistan",
                                           "vanuatu",
                                           "vatican city",
                                           "venezuela",
                                           "vietnam",
                                           "wales",
                                           "yemen",
                                           "zambia",
                                           "zimbabwe"};

}  // namespace

Refusals FaultsOfAddress(const std::vector<std::string>& lines, const std::string& field) {
  Refusals no;
  const auto fault = [&](std::size_t line, const char* message) {
    no.push_back({"council rule", field + "[" + std::to_string(line) + "]", message});
  };
  if (lines.size() < kFewestLines || lines.size() > kMostLines)
    no.push_back({"council rule", field, "An address has three to seven lines, the last one its postcode or country."});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string plain = Plain(lines[i]);
    if (std::ranges::any_of(lines[i], [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
      fault(i, "One line of the address in each, without a line break or another control character.");
    } else if (plain.empty()) {
      fault(i, "This line says nothing; leave it out.");
    } else if (lines[i].size() > kLongestLine) {
      fault(i, "This line is too long to be printed.");
    } else if (SaysThereIsNone(plain)) {
      fault(i, "This says that there is no address: nothing can be posted to it. Record how else the person is told.");
    }
  }
  if (!lines.empty() && !Plain(lines.back()).empty()) {
    const std::string last = Plain(lines.back());
    if (!IsPostcode(last) && std::ranges::find(kCountries, last) == std::end(kCountries) && !SaysThereIsNone(last))
      fault(lines.size() - 1, "The last line has to be a postcode, or the country for a letter abroad.");
  }
  return no;
}

}  // namespace evenhand
