// People as they are kept: a document each, handles beside it for exact search, every version for ever.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evenhand/restriction/v1/person.pb.h"
#include "services/platform/pg/session.h"

namespace evenhand::restriction {

struct PersonRecord {
  v1::Person doc;  // etag and state as they are; no markers, steps, merges or requests
  std::int64_t version = 0;
  std::string merged_into;  // the record that stands, once this one is folded into it
};

struct FoundPerson {
  std::string person_id;
  std::string reference;
  std::string display_name;
  bool shared = false;
  bool confirmed = true;
};

class People {
 public:
  explicit People(Session& session) : session_(session), sql_(session.sql()) {}

  // By id or reference; a merged record answers with the one that stands.
  std::optional<PersonRecord> Find(const std::string& id);
  // The same, and nobody else decides about this person until the transaction ends.
  std::optional<PersonRecord> FindForUpdate(const std::string& id);
  // Two records, in one order whoever asks, so that two merges at once wait instead of blocking each other. Neither where one is missing.
  std::pair<std::optional<PersonRecord>, std::optional<PersonRecord>> FindBothForUpdate(const std::string& id, const std::string& other);
  // This very record, merged or not.
  std::optional<PersonRecord> FindItself(const std::string& id);

  // Gives id, reference, etag and state.
  void Insert(v1::Person& person);
  // The next version; the handles follow the document.
  void Save(PersonRecord& record);

  // Something was recorded about them: the term of keeping an otherwise idle record runs anew.
  void Touch(const std::string& person_id);

  std::vector<FoundPerson> WithHandle(const std::string& kind, const std::string& normal);

  // Everybody of the register who works for the council: few.
  std::vector<v1::Person> Employees();

  // The ids that mean this person: their own and those of records folded into it.
  std::vector<std::string> IdsOf(const std::string& person_id);

  // What stands in tables of its own: steps, requests, merges.
  void AddSteps(v1::Person& person);
  void AddRequests(v1::Person& person, bool with_reasons);
  void AddMerges(v1::Person& person);
  std::vector<std::string> StepIds(const std::string& person_id);

 private:
  std::optional<PersonRecord> Load(const std::string& id, bool lock, bool follow);
  void SaveHandles(const v1::Person& person);
  void SaveAdvocate(const v1::Person& person);  // as the checks must know of them
  void KeepVersion(const v1::Person& person, std::int64_t version);

  Session& session_;
  pqxx::transaction_base& sql_;
};

// A reference as people say it: "RES-2026-000123".
std::string NextReference(Session& session, std::string_view prefix, std::string_view sequence);

}  // namespace evenhand::restriction
