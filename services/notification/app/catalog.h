// The letter templates and the list of blame words, read from their files at start. One faulty template and the service does not start.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "evenhand/notification/v1/letter_service.pb.h"
#include "services/notification/domain/plain_words.h"
#include "services/notification/domain/template.h"

namespace evenhand::notification {

class Catalog {
 public:
  // `folder` holds templates/*.txt and blame_words.txt. An error names every faulty file with its faults.
  static absl::StatusOr<Catalog> Load(const std::string& folder);

  // The words of a kind in a format; easy read has words of its own, all else the standard ones. Null when there are none.
  const Template* Find(LetterKind::Value kind, Format::Value format) const;

  const std::vector<Template>& templates() const { return templates_; }
  const BlameList& blame() const { return blame_; }

 private:
  std::vector<Template> templates_;
  BlameList blame_;
};

// Formats that people make: a task opens, and the standard letter alone is not sent (11.1).
bool IsMadeByHand(Format::Value format);

}  // namespace evenhand::notification
