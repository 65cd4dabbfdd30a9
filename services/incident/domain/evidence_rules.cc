#include "services/incident/domain/evidence_rules.h"

#include <algorithm>

namespace evenhand::incident {
namespace {

constexpr std::string_view kAllowed[] = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/tiff",
    "image/bmp",
    "image/x-ms-bmp",
    "audio/mpeg",
    "audio/x-wav",
    "audio/wav",
    "audio/ogg",
    "audio/mp4",
    "audio/x-m4a",
    "audio/amr",
    "audio/AMR",
    "audio/flac",
    "audio/x-flac",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/3gpp",
    "video/mpeg",
    "video/x-msvideo",
    "text/plain",
    "text/csv",
    "message/rfc822",
    "application/pdf",
    "application/vnd.ms-outlook",
    "application/CDFV2",
    "application/ogg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/json",
};

constexpr std::string_view kDistressing = "DISTRESSING";
constexpr std::size_t kMaxName = 200;

Refusal Unreadable(std::string sentence) { return Conflict(ErrorReason::EVIDENCE_UNREADABLE, "council rule", std::move(sentence)); }

}  // namespace

bool IsAllowedType(std::string_view media_type) {
  return std::find(std::begin(kAllowed), std::end(kAllowed), media_type) != std::end(kAllowed);
}

std::string EvidenceName(std::string_view given, bool distressing) {
  const std::size_t slash = given.find_last_of("/\\");
  if (slash != std::string_view::npos) given.remove_prefix(slash + 1);
  std::string name;
  for (const char c : given) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F && c != '"') name += c;
  }
  if (name.empty() || name == "." || name == "..") name = "file";
  if (name.size() > kMaxName) {
    std::size_t cut = kMaxName;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0U) == 0x80U) --cut;  // not in the middle of a character
    name.resize(cut);
  }
  if (distressing && name.find(kDistressing) == std::string::npos) name = std::string(kDistressing) + " " + name;
  return name;
}

std::optional<Refusal> RefusalToOpen(EvidenceState::Value state, bool distressing, bool acknowledged) {
  switch (state) {
    case EvidenceState::QUARANTINED:
    case EvidenceState::STATE_UNSPECIFIED:
      return Unreadable("The file waits for the virus scanner; please try again later.");
    case EvidenceState::INFECTED:
      return Unreadable("The virus scanner found the file infected; it can't be opened.");
    case EvidenceState::DAMAGED:
      return Unreadable("The file is damaged: what is stored is no longer what was put in.");
    case EvidenceState::CLEAN:
    case EvidenceState::UNSCANNED:
      break;
  }
  if (distressing && !acknowledged) {
    return Refusal{.kind = RefusalKind::kEtagMissing,
                   .reason = ErrorReason::ACKNOWLEDGEMENT_REQUIRED,
                   .clause = "12.3",
                   .detail = "This file may be distressing; open it only with the acknowledgement (X-Acknowledge-Distressing: true).",
                   .violations = {},
                   .other_id = {},
                   .other_reference = {}};
  }
  return std::nullopt;
}

}  // namespace evenhand::incident
