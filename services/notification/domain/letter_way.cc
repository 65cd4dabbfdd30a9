#include "services/notification/domain/letter_way.h"

#include "services/platform/base/protection.h"

namespace evenhand::notification {

std::string FaultOfLetterWay(bool dev, std::string_view notify_url, std::string_view print_folder) {
  if (!print_folder.empty() && print_folder != kPrintRoomsListAlone && !print_folder.starts_with('/'))
    return "print-folder: name the whole path of a folder, or \"list\"";
  if (!ProtectionOn(Protection::kPrintQueue)) return "";
  if (dev || !notify_url.empty() || !print_folder.empty()) return "";
  return "print-folder: letters have no way out. Set notify-url to send them through GOV.UK Notify, print-folder to a folder on a disk "
         "that "
         "stays, where the print room takes them, or print-folder to \"list\" where it takes them at GET /v1/letters?state=PRINTED";
}

}  // namespace evenhand::notification
