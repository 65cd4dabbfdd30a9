#include "gateway/web/api_reference.h"

// The file as it is: as numbers in a source it would be five times as long, and slow to compile.
asm(R"(
.section .rodata
.balign 16
evenhand_api_reference:
.incbin ")" EVENHAND_API_REFERENCE R"("
evenhand_api_reference_end:
.byte 0
.text
)");
extern const char kBegin[] asm("evenhand_api_reference");
extern const char kEnd[] asm("evenhand_api_reference_end");

namespace evenhand::gateway {

std::string_view ApiReferenceScript() { return {kBegin, static_cast<std::size_t>(kEnd - kBegin)}; }

}  // namespace evenhand::gateway
