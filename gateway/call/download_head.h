// The head of a file's reply, out of the first message of a download.
#pragma once

#include <google/protobuf/message.h>

#include "gateway/http/response.h"

namespace evenhand::gateway {

// By the fields that the message has: content_type, name, sha256. Files of others are never shown inside a page.
Response DownloadHead(const google::protobuf::Message& first);

}  // namespace evenhand::gateway
