// Letters in the schema "notification"; the address and the PDF stay out of the document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/notification/v1/letter_service.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::notification {

struct KeptLetter {
  v1::Letter letter;
  std::string event_id;
  std::string addressee;
  std::vector<std::string> address;
  std::string pdf;    // empty until it is made
  std::string words;  // the variables it was written from, as a JSON object; "" where they were not kept
};

bool InsertLetter(Session& session, KeptLetter& kept);
std::optional<KeptLetter> FindLetter(Session& session, const std::string& id, bool for_update = false);
void SaveLetter(Session& session, KeptLetter& kept);
std::vector<v1::Letter> ListLetters(Session& session, const v1::ListLettersRequest& request,
                                    const std::optional<std::vector<std::string>>& areas, std::string& next);
// Of these areas, those that somebody has to see to: the address to be confirmed, or to be printed and posted here.
std::vector<v1::Letter> LettersToSeeTo(Session& session, const std::vector<std::string>& areas);
// Letters that Notify has and whose end is not known yet.
struct AtNotify {
  std::string letter_id, notify_id, notification_id;
};
void NoteAtNotify(Session& session, const std::string& letter_id, const std::string& notify_id);
// Those whose look is due, each put off until its next one.
std::vector<AtNotify> TakeLooksAtNotify(Session& session);
void ForgetAtNotify(Session& session, const std::string& letter_id);
// Notify did not know it (again), or did; how often in a row it did not.
int NoteMissingAtNotify(Session& session, const std::string& letter_id, bool missing);

// For the gauges: how long the oldest printed letter waits for the post room, and how many Notify does not know any more.
struct LettersWaiting {
  double unposted_seconds = 0;
  int unaccounted = 0;
};
LettersWaiting CountLettersWaiting(Session& session);

// Those that have not gone and can be held back: Notify's can't.
std::vector<std::string> UnsentLettersTo(Session& session, const std::string& person_id);
std::vector<std::string> LettersStoppedBecause(Session& session, const std::string& person_id, const std::string& why);
// Of these letters' references, those that do not lie ready for the post.
std::vector<std::string> NotToBePosted(Session& session, const std::vector<std::string>& references);

// Addresses that a letter came back from, until they are confirmed anew (`lines` empty: all of the person's).
void NoteReturnedAddress(Session& session, const std::string& person_id, const std::vector<std::string>& lines);
void ForgetReturnedAddress(Session& session, const std::string& person_id, const std::vector<std::string>& lines);
bool CameBackFrom(Session& session, const std::string& person_id, const std::vector<std::string>& lines);

// The words and addresses of letters about this restriction, or to this person; how many.
int EraseLetters(Session& session, const std::string& restriction_id, const std::string& person_id);

}  // namespace evenhand::notification
