// People as a check sees them, out of the database: current handles, measures in force with what has been used of their limits,
// register entries, requests for no contact. The same for the follower and for :record.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "services/restriction/check/handle_index.h"

namespace evenhand::restriction::check {

// A record for each id asked, also for those that have nothing any more (so that the index forgets them).
std::vector<IndexedPerson> LoadPeople(pqxx::transaction_base& sql, const std::vector<std::string>& ids);

// person_id, id, restriction_id, service_area, kind, channel, max_contacts, period, from_time, to_time, name, description, from, until,
// window_start, used, alternative; instants as microseconds since 1970.
Measure ReadMeasure(const pqxx::row& row);

// person_id, name, only_contact, resigned, temporary_channel.
Advocate ReadAdvocate(const pqxx::row& row);

// Ids of everyone with guidance.
std::vector<std::string> IdsWithGuidance(pqxx::transaction_base& sql);

// Every current handle, by COPY.
void CopyHandles(pqxx::transaction_base& sql, const std::function<void(const PersonId&, const HandleFact&)>& take);

// About how many there will be.
std::size_t EstimateHandles(pqxx::transaction_base& sql);

// "{a,b}" for uuid[] parameters; the ids are UUIDs.
std::string UuidArray(const std::vector<std::string>& ids);

}  // namespace evenhand::restriction::check
