// Appeals in the schema "appeal": typed columns for what is filtered and constrained, the whole appeal as its document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evenhand/appeal/v1/appeal.pb.h"
#include "evenhand/appeal/v1/appeal_service.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::appeal {

struct AppealPage {
  std::vector<v1::Appeal> appeals;
  std::string next;  // the last id shown; empty at the end
};

// What a list shows: the request's filters, and the areas that its caller may see (nothing: every area).
struct AppealFilter {
  v1::ListAppealsRequest request;
  std::optional<std::vector<std::string>> areas;
};

class AppealStore {
 public:
  explicit AppealStore(Session& session) : session_(session) {}

  // By UUID or reference; `for_update` holds it until the end of the transaction.
  std::optional<v1::Appeal> Find(const std::string& id, bool for_update = false);

  // The appeal of this decision that stands in the way of another, if any.
  std::optional<v1::Appeal> OfDecision(const std::string& decision_id);

  // Gives it its reference and keeps it; false when another appeal of the same decision was faster.
  bool Insert(v1::Appeal& appeal);

  // Keeps the next version and sets its etag.
  void Save(v1::Appeal& appeal);

  AppealPage List(const AppealFilter& filter);
  // Open ones on which somebody has to act, of these areas (nothing: of all).
  std::vector<v1::Appeal> Undecided(const std::optional<std::vector<std::string>>& areas);
  std::vector<v1::Appeal> Of(const std::vector<std::string>& restriction_ids, const std::string& person_id);

  // Those still to be decided, for new deadlines; of one decision also the one that was refused as too late.
  std::vector<std::string> OpenIds(const std::string& decision_id = "");
  std::vector<std::string> OpenRestrictions(const std::vector<std::string>& restriction_ids);

  // The saga: which effects are due, and when they are tried again.
  std::vector<std::string> DueEffects();
  // How often its effect was sent, with this time.
  int CountEffectTry(const std::string& id);
  void PutOffEffect(const std::string& id, absl::Time until);

  // Open appeals with a deadline before today that was not announced yet: {id, "ACKNOWLEDGE" or "DECIDE"}.
  std::vector<std::pair<std::string, std::string>> MissedDeadlines(const std::string& today);
  // Whose time to answer may have passed.
  std::vector<std::string> AwaitingInformation();
  // {still to be decided, of those with a deadline before today}
  std::pair<int, int> CountOpen(const std::string& today);
  void NoteAlarm(const std::string& id, const std::string& kind);
  // The deadlines are new: their passing is announced again.
  void ForgetAlarms(const std::string& id);
  // True the first time: that the terms of its decision are refused is announced once.
  bool NoteEffectProblem(const std::string& id);

 private:
  Session& session_;
};

// When a person was told of a decision, as the notification service reports it: nothing while they have not been.
struct Told {
  std::string told_on;
  std::string appeal_by;  // the last day to appeal; what was promised is never shortened
};
std::optional<Told> FindTold(Session& session, const std::string& decision_id);

struct Telling {
  std::string decision_id, letter_id, how, restriction_id;
  std::string on;       // posted, handed over or said
  std::string told_on;  // the day that counts
  std::string appeal_by;
};
void NoteTold(Session& session, const Telling& telling);
void NoteToldUndone(Session& session, const std::string& decision_id, const std::string& letter_id, const std::string& how);

// Whether a member of staff was a strategic director when last seen here; nothing: never seen.
std::optional<bool> SeenAsDirector(Session& session, const std::string& staff_id);
void NoteSeen(Session& session, const std::string& staff_id, bool director);

// Two records of people became one: their appeals are the survivor's. Separated again: those that came go back.
int MoveAppeals(Session& session, const std::string& survivor, const std::string& merged);
int ReturnAppeals(Session& session, const std::string& survivor, const std::string& merged);

// What was said in closed appeals of this restriction, or of this person; how many.
int EraseAppeals(Session& session, const std::string& restriction_id, const std::string& person_id);

}  // namespace evenhand::appeal
