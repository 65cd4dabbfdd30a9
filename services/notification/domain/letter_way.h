// How letters leave the house: council rule, so that nobody counts as told by a file that nobody posts (11.1, 7.3).
#pragma once

#include <string>
#include <string_view>

namespace evenhand::notification {

// A value of print-folder: the PDFs wait in the database alone, at GET /v1/letters?state=PRINTED.
inline constexpr std::string_view kPrintRoomsListAlone = "list";

// Why the service can't start with these settings, naming them; "" when it can.
std::string FaultOfLetterWay(bool dev, std::string_view notify_url, std::string_view print_folder);

}  // namespace evenhand::notification
