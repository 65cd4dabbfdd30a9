// Events from other services, each acted on once: the handler runs in the transaction that notes the event's id.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "services/events/receivers.h"
#include "services/platform/pg/session.h"

namespace evenhand {

// A delivered event; `call.actor` of the session is the system itself.
struct IncomingEvent {
  std::string id;
  std::string source;  // "restriction"
  const events::EventType* type = nullptr;
  events::Data data;  // its message
  absl::Time occurred_at;

  template <events::Event E>
  static IncomingEvent Of(const E& event, std::string id, absl::Time occurred_at = absl::UnixEpoch()) {
    return {std::move(id), std::string(E::Type().source), &E::Type(), std::make_shared<typename E::Message>(event.ToMessage()),
            occurred_at};
  }

  std::string name() const { return std::string(type->name); }
  std::string subject() const { return events::SubjectOf(*data); }
  template <events::Event E>
  bool Is() const {
    return type == &E::Type();
  }
  // Its message where it is an E, else null.
  template <events::Event E>
  const typename E::Message* As() const {
    return Is<E>() ? static_cast<const typename E::Message*>(data.get()) : nullptr;
  }
  // A part of its message (events::v1::RestrictionRef …), null where it has none such.
  template <typename Part>
  const Part* Has() const {
    return static_cast<const Part*>(events::PartOf(*data, *Part::descriptor()));
  }
};

// A returned refusal is a failure to be tried again (and parked in the end).
using EventHandler = std::function<std::optional<Refusal>(Session&, const IncomingEvent&)>;
// Types without one are accepted and dropped.
using EventHandlers = std::map<const events::EventType*, EventHandler>;

// One handler for events of these types: called with the event's own message, and with the event around it where it wants that.
template <typename F, events::Event... E>
struct Hearing {
  F handle;

  template <typename One>
  static constexpr bool kOf = (std::same_as<One, E> || ...);
  static constexpr std::size_t kCount = sizeof...(E);

  void Into(EventHandlers& handlers) const { (Add<E>(handlers), ...); }

 private:
  template <events::Event One>
  void Add(EventHandlers& handlers) const {
    handlers[&One::Type()] = [handle = handle](Session& session, const IncomingEvent& event) -> std::optional<Refusal> {
      if constexpr (std::is_invocable_v<const F&, Session&, const typename One::Message&, const IncomingEvent&>) {
        return handle(session, *event.As<One>(), event);
      } else {
        return handle(session, *event.As<One>());
      }
    };
  }
};

template <events::Event... E, typename F>
Hearing<F, E...> On(F handle) {
  return {std::move(handle)};
}

namespace inbox_detail {

template <typename One, typename... H>
constexpr int kTimesHeard = (0 + ... + (H::template kOf<One> ? 1 : 0));

template <events::Event... E, typename... H>
EventHandlers Join(events::Types<E...>, const H&... hearings) {
  static_assert(((kTimesHeard<E, H...> == 1) && ...), "each event of the list (services/events/receivers.h) has one handler");
  static_assert((H::kCount + ... + 0) == sizeof...(E), "a handler is of an event that is not on the list (services/events/receivers.h)");
  EventHandlers handlers;
  (hearings.Into(handlers), ...);
  return handlers;
}

}  // namespace inbox_detail

// HandlersOf<events::HeardByAppeal>(On<events::NotificationTold>(…), …): exactly those of the list, or it does not compile.
template <typename List, typename... H>
EventHandlers HandlersOf(const H&... hearings) {
  return inbox_detail::Join(List(), hearings...);
}

}  // namespace evenhand
