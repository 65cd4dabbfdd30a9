// People who work for the council, as last asked of the register.
#pragma once

#include <string>

#include "services/closure/closed_subject.h"
#include "services/platform/pg/session.h"

namespace evenhand {

// Empty: the person does not work for the council, as far as is known.
Subject FindSubject(Session& session, const std::string& person_id);
void KeepSubject(Session& session, const std::string& person_id, const Subject& subject);

}  // namespace evenhand
