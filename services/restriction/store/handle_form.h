// Handles that were stored under an older normal form come into the new one before any check is answered from them.
#pragma once

#include "services/platform/pg/unit_of_work.h"

namespace evenhand::restriction {

// True once all of them stand in kHandleForm; quick when they do. What can't be read in the new form is kept as it stands, and logged.
bool BringHandlesToForm(UnitOfWork& work);

}  // namespace evenhand::restriction
