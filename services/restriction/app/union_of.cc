#include "services/restriction/app/union_of.h"

#include <algorithm>

#include "services/handles/handles.h"
#include "services/platform/base/vocabulary.h"
#include "services/restriction/store/time.h"

namespace evenhand::restriction {
namespace {

std::string KeyOf(const v1::Handle& handle) {
  const std::string kind = v1::Handle::Kind::Value_Name(handle.kind());
  return kind + " " + Normalise(kind, handle.value()).value_or(handle.value());
}

template <typename List, typename Item, typename Key>
auto* Find(List& list, const Item& item, Key key) {
  for (auto& other : list)
    if (key(other) == key(item)) return &other;
  return static_cast<decltype(&*list.begin())>(nullptr);
}

const auto kSame = [](const std::string& text) { return NormaliseCrmRef(text).value_or(text); };
const auto kId = [](const v1::Adjustment& a) { return a.id(); };

template <typename List, typename Key>
void Without(List* list, const List& kept, const List& brought, Key key) {
  for (int i = list->size() - 1; i >= 0; --i) {
    const auto& item = list->Get(i);
    if (Find(brought, item, key) != nullptr && Find(kept, item, key) == nullptr) list->DeleteSubrange(i, 1);
  }
}

// What was `own` as well stays as `list` has it; of the rest, what stands now, as it is now.
template <typename List, typename Key>
void FollowList(List* list, const List& now, const List& own, Key key) {
  for (int i = list->size() - 1; i >= 0; --i) {
    if (Find(own, list->Get(i), key) != nullptr) continue;
    if (const auto* stands = Find(now, list->Get(i), key)) {
      *list->Mutable(i) = *stands;
    } else {
      list->DeleteSubrange(i, 1);
    }
  }
}

template <typename List, typename Which>
void Move(List& from, List& to, Which which) {
  for (int i = 0; i < from.size();) {
    if (which(from.Get(i))) {
      *to.Add() = from.Get(i);
      from.DeleteSubrange(i, 1);
    } else {
      ++i;
    }
  }
}

}  // namespace

void TakeUnion(v1::Person& survivor, const v1::Person& duplicate) {
  for (const auto& handle : duplicate.handles()) {
    if (auto* same = Find(*survivor.mutable_handles(), handle, KeyOf)) {
      same->set_shared(same->shared() || handle.shared());
      same->set_confirmed(same->confirmed() || handle.confirmed());
    } else {
      *survivor.add_handles() = handle;
    }
  }
  for (const auto& ref : duplicate.crm_refs())
    if (Find(survivor.crm_refs(), ref, kSame) == nullptr) survivor.add_crm_refs(ref);
  for (const auto& adjustment : duplicate.adjustments()) *survivor.add_adjustments() = adjustment;
  if (survivor.preferred_format() <= Format::STANDARD && duplicate.preferred_format() > Format::STANDARD) {
    survivor.set_preferred_format(duplicate.preferred_format());
    survivor.set_preferred_language(duplicate.preferred_language());
  }
  // The council speaks to nobody but the advocate whom either record names as the only way (5.4); nobody decided that this ends.
  if (duplicate.has_advocate() &&
      (!survivor.has_advocate() || (duplicate.advocate().only_contact() && !survivor.advocate().only_contact())))
    *survivor.mutable_advocate() = duplicate.advocate();
  if (survivor.date_of_birth().empty()) survivor.set_date_of_birth(duplicate.date_of_birth());
  if (survivor.contract_process().empty()) survivor.set_contract_process(duplicate.contract_process());
  if (duplicate.state() == v1::Person::State::DECEASED && survivor.state() == v1::Person::State::ACTIVE) {
    survivor.set_state(v1::Person::State::DECEASED);  // one person: letters stop
    survivor.set_died_on(duplicate.died_on());
  }
  if (!survivor.is_employee() && duplicate.is_employee()) {
    survivor.set_is_employee(true);
    *survivor.mutable_employment() = duplicate.employment();
  }
  if (!survivor.has_postal_address() && duplicate.has_postal_address()) *survivor.mutable_postal_address() = duplicate.postal_address();
}

void GiveBack(v1::Person& survivor, const v1::Person& before, const v1::Person& duplicate) {
  Without(survivor.mutable_handles(), before.handles(), duplicate.handles(), KeyOf);
  Without(survivor.mutable_crm_refs(), before.crm_refs(), duplicate.crm_refs(), kSame);
  Without(survivor.mutable_adjustments(), before.adjustments(), duplicate.adjustments(), kId);
  // What the other record alone had brought: it goes, unless somebody has said something else since.
  const bool same_format = survivor.preferred_format() == duplicate.preferred_format();
  if (same_format && before.preferred_format() <= Format::STANDARD) {
    survivor.set_preferred_format(before.preferred_format());
    survivor.set_preferred_language(before.preferred_language());
  }
  if (survivor.advocate().name() == duplicate.advocate().name() && before.advocate().name() != duplicate.advocate().name()) {
    survivor.clear_advocate();
    if (before.has_advocate()) *survivor.mutable_advocate() = before.advocate();
  }
  if (before.date_of_birth().empty() && survivor.date_of_birth() == duplicate.date_of_birth()) survivor.clear_date_of_birth();
  if (before.contract_process().empty() && survivor.contract_process() == duplicate.contract_process()) survivor.clear_contract_process();
  if (before.state() == v1::Person::State::ACTIVE && duplicate.state() == v1::Person::State::DECEASED &&
      survivor.died_on() == duplicate.died_on()) {
    survivor.set_state(v1::Person::State::ACTIVE);
    survivor.clear_died_on();
  }
  if (!before.is_employee() && survivor.employment().SerializeAsString() == duplicate.employment().SerializeAsString()) {
    survivor.set_is_employee(false);
    survivor.clear_employment();
  }
  if (!before.has_postal_address() && survivor.postal_address().SerializeAsString() == duplicate.postal_address().SerializeAsString())
    survivor.clear_postal_address();
  // What a handle was before, where both had held it.
  for (auto& handle : *survivor.mutable_handles())
    if (const auto* old = Find(before.handles(), handle, KeyOf)) handle = *old;
}

v1::Person TakeBack(const v1::Person& survivor, const v1::Person& own, const v1::Person& before) {
  v1::Person restored = before;
  FollowList(restored.mutable_handles(), survivor.handles(), own.handles(), KeyOf);
  FollowList(restored.mutable_crm_refs(), survivor.crm_refs(), own.crm_refs(), kSame);
  FollowList(restored.mutable_adjustments(), survivor.adjustments(), own.adjustments(), kId);
  v1::Person both = own;
  TakeUnion(both, before);
  if (restored.has_advocate() && both.advocate().name() == restored.advocate().name()) {
    if (survivor.advocate().name() == restored.advocate().name()) {
      *restored.mutable_advocate() = survivor.advocate();
    } else {
      restored.clear_advocate();
    }
  }
  return restored;
}

Newer NewerThan(absl::Time since, const v1::Person& survivor, const v1::Person& own, const v1::Person& folded) {
  Newer newer;
  for (const auto& adjustment : survivor.adjustments())
    if (FromProto(adjustment.recorded_at()) > since) newer.adjustments.push_back(adjustment.id());
  newer.handles = std::ranges::any_of(survivor.handles(), [&](const auto& handle) { return FromProto(handle.since()) > since; });
  newer.advocate = survivor.has_advocate() && survivor.advocate().name() != own.advocate().name() &&
                   survivor.advocate().name() != folded.advocate().name();
  newer.death = survivor.state() == v1::Person::State::DECEASED && own.state() == v1::Person::State::ACTIVE &&
                folded.state() == v1::Person::State::ACTIVE;
  return newer;
}

void HandOver(const std::string& kind, const std::string& id, absl::Time since, v1::Person& survivor, v1::Person& owner) {
  if (kind == "adjustment")
    Move(*survivor.mutable_adjustments(), *owner.mutable_adjustments(), [&](const auto& a) { return a.id() == id; });
  if (kind == "handles")
    Move(*survivor.mutable_handles(), *owner.mutable_handles(), [&](const auto& handle) { return FromProto(handle.since()) > since; });
  if (kind == "advocate") {
    *owner.mutable_advocate() = survivor.advocate();
    survivor.clear_advocate();
  }
  if (kind == "death") {
    owner.set_state(v1::Person::State::DECEASED);
    owner.set_died_on(survivor.died_on());
    survivor.set_state(v1::Person::State::ACTIVE);
    survivor.clear_died_on();
  }
}

}  // namespace evenhand::restriction
