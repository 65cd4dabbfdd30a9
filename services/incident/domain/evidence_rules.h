// What may be kept as evidence, how it is named, and when it may be opened (12.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/platform/base/refusal.h"
#include "services/platform/base/vocabulary.h"

namespace evenhand::incident {

// Pictures, sound, film, text, letters and mail: nothing that a browser or an office runs by itself.
bool IsAllowedType(std::string_view media_type);

// The file name as it is kept: no folders, no control characters; a distressing file's name says so.
std::string EvidenceName(std::string_view given, bool distressing);

// 12.3: distressing material can't be opened by accident; what is quarantined, infected or damaged not at all.
std::optional<Refusal> RefusalToOpen(EvidenceState::Value state, bool distressing, bool acknowledged);

}  // namespace evenhand::incident
