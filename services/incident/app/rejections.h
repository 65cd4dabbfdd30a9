// What an import refused: listed, mended, tried again.
#pragma once

#include "evenhand/incident/v1/import_service.pb.h"
#include "services/incident/app/neighbours.h"
#include "services/platform/pg/unit_of_work.h"

namespace evenhand::incident {

Outcome<v1::ListImportRejectionsResponse> ListImportRejections(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                               const v1::ListImportRejectionsRequest& request);
Outcome<v1::ImportRejection> GetImportRejection(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                const v1::GetImportRejectionRequest& request);
Outcome<v1::ImportRejection> RetryImportRejection(UnitOfWork& work, const Neighbours& neighbours, const Call& call,
                                                  const v1::RetryImportRejectionRequest& request);

}  // namespace evenhand::incident
