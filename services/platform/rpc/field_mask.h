// What a caller gave of a resource (AIP-134, AIP-203), by the contract's own options.
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include "services/platform/base/refusal.h"

namespace evenhand {

// Takes out whatever is told and never taken, at any depth: the gateway passes it over, and nobody else may slip it in.
void ClearOutputOnly(google::protobuf::Message* message);

template <typename Resource>
Resource AsGiven(Resource resource) {
  ClearOutputOnly(&resource);
  return resource;
}

// Is it one that callers give, not one that they are only told?
bool IsTaken(const google::protobuf::FieldDescriptor& field);

// The fields that count of what is `given`: those that `mask` names, else all that are set (AIP-134); never what is only told.
google::protobuf::FieldMask WhatCounts(const google::protobuf::Message& given, const google::protobuf::FieldMask& mask);

// The fields of `given` that count by `mask` take the place of those in `onto`; what is told and never taken stays as it is there.
void ApplyMask(const google::protobuf::Message& given, const google::protobuf::FieldMask& mask, google::protobuf::Message* onto);

// Each field that is given once and for all, and that differs.
Refusals RefusalsToChange(const google::protobuf::Message& before, const google::protobuf::Message& after);

}  // namespace evenhand
