// What becomes of a text that arrives for a record, known or not: exactly once, whatever the order (scenario 1, case J).
#pragma once

#include <set>
#include <string>
#include <utility>

namespace evenhand::incident {

// What is held of a record.
struct HeldVersions {
  bool known = false;
  int current = 0;                              // the source's version that counts
  std::set<std::pair<int, std::string>> texts;  // (source's version, hash of the text), everything ever held
  bool current_cut_off = false;                 // the current text came from a row that ended with the file
  bool current_from_source = false;             // the current text came from the source's own system, not from somebody who wrote for it
};

struct IncomingVersion {
  int version = 1;
  std::string hash;
  bool withdrawn = false;
  bool cut_off = false;
  bool from_source = false;
};

enum class Becomes { kCreated, kAmended, kWithdrawn, kDuplicate };

struct VersionDecision {
  Becomes outcome = Becomes::kDuplicate;
  bool keep_text = false;     // a row in the history
  bool text_differs = false;  // a known version with another text
  bool replaces = false;      // it is the current text from now on
};

// What the source's own system says counts before what anybody wrote in its name, whatever its number: nobody freezes a record by a high
// one. Otherwise the highest version wins; an earlier text is kept where it is not yet held; a text held already changes nothing.
VersionDecision Decide(const HeldVersions& held, const IncomingVersion& incoming);

}  // namespace evenhand::incident
