// Each protection whose loss nobody would see at once has a name here, so that a test can take it away and prove that some test falls.
// What is shipped links protections_on.cc: always on, no switch in the program. The tests, and a second link of the programs for them
// (build/bin/unprotected/), link protections_switch.cc, which reads EVENHAND_PROTECTION_OFF at the first question.
//
// To add one: a line here, `if (ProtectionOn(Protection::kX))` around the guard itself, and a row in tests/protections/table.tsv.
#pragma once

#include <string_view>

namespace evenhand {

// enum value, name in the switch and in the table
#define EVENHAND_PROTECTIONS(X)                                                                                        \
  X(kAuditOfLooks, "audit-of-looks")                   /* refused, tried and replayed looks leave a trace */           \
  X(kIdempotencyMark, "idempotency-mark")              /* a key's second request has no second effect */               \
  X(kStaleness, "staleness")                           /* If-Match of an older state is refused */                     \
  X(kCanonicalStaffNumber, "canonical-staff-number")   /* one person is one string */                                  \
  X(kClosedByDefault, "closed-by-default")             /* who has no role that the table names may not */              \
  X(kUnknownAreaIsNoRight, "unknown-area-is-no-right") /* a token's area that nobody knows */                          \
  X(kTokenWait, "token-wait")                          /* a check waits for the decision that its token names */       \
  X(kAppealConflict, "appeal-conflict")                /* who had a part in it has no appeal in their hands */         \
  X(kToldUndone, "told-undone")                        /* a letter that came back told nobody */                       \
  X(kHearingEnds, "hearing-ends")                      /* who heard an appeal reads no more once it has ended */       \
  X(kCircleOfTasks, "circle-of-tasks")                 /* a named colleague's tasks and alarms stay in their circle */ \
  X(kAddressAtConnect, "address-at-connect")           /* a webhook reaches nothing inside */                          \
  X(kSecretShownOnce, "secret-shown-once")             /* no repetition of a reply shows a secret */                   \
  X(kPrintQueue, "print-queue")                        /* no start without a way for letters */

enum class Protection {
#define EVENHAND_VALUE(value, name) value,
  EVENHAND_PROTECTIONS(EVENHAND_VALUE)
#undef EVENHAND_VALUE
};

std::string_view NameOf(Protection protection);

// True, always, in what is shipped.
bool ProtectionOn(Protection protection);

}  // namespace evenhand
