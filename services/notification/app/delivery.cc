#include "services/notification/app/delivery.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <absl/random/random.h>
#include <absl/strings/str_cat.h>

#include "services/notification/app/facts.h"
#include "services/notification/app/letter_steps.h"
#include "services/notification/app/letters.h"
#include "services/notification/app/notifications.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/told.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/send/renderer.h"
#include "services/notification/send/standard_webhooks.h"
#include "services/notification/store/letter_store.h"
#include "services/notification/store/times.h"
#include "services/notification/store/webhook_store.h"
#include "services/platform/obs/log.h"

namespace evenhand::notification {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(100);
constexpr int kMissingBeforeAlarm = 3;  // looks at Notify in a row

// "00-<trace id>-…"; "" where there is none.
std::string TraceIdOf(const std::string& traceparent) { return traceparent.size() >= 35 ? traceparent.substr(3, 32) : ""; }

// A look that found nothing writes nothing: ten looks a second of each line would otherwise be ten commits on the disk.
Outcome<v1::Notification> DoneUnlessIdle(bool idle) {
  if (idle) return NotFound("message that is due");
  return v1::Notification();
}

double Random() {
  static thread_local absl::BitGen random;
  return absl::Uniform(random, 0.0, 1.0);
}

// First line is the subject, the rest the text.
Email EmailOf(const Outgoing& message) {
  const auto end = message.payload.find('\n');
  return {message.notification.id(), message.address, message.payload.substr(0, end),
          end == std::string::npos ? "" : message.payload.substr(end + 1), message.traceparent};
}

// Whole or not at all, and under the letter's own name: printing again replaces it.
bool WriteWhole(const std::string& path, const std::string& bytes) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  {
    std::ofstream file(path + ".part", std::ios::binary);
    file << bytes;
    if (!file.flush()) return false;
  }
  std::filesystem::rename(path + ".part", path, error);
  return !error;
}

Signal SignalOf(const Sent& sent, bool more_attempts) {
  switch (sent.end) {
    case Sent::End::kAccepted:
      return Signal::kAccepted;
    case Sent::End::kNever:
    case Sent::End::kGone:
      return Signal::kNever;
    case Sent::End::kHeld:
      return Signal::kStop;
    default:
      return more_attempts ? Signal::kNotNow : Signal::kGivenUp;
  }
}

}  // namespace

Line& Deliverer::LineOf(v1::Notification::Means::Value means) {
  return means == v1::Notification::Means::EMAIL ? emails_ : means == v1::Notification::Means::WEBHOOK ? posts_ : letters_;
}

void Deliverer::RingFor(v1::Notification::Means::Value means) {
  Line& line = LineOf(means);
  line.due = true;
  line.bell->Ring();
}

void Deliverer::RingWhereSomeWait() {
  for (Line* line : {&emails_, &posts_, &letters_}) {
    const absl::MutexLock lock(&line->mutex);
    if (!line->waiting.empty()) line->bell->Ring();
  }
}

std::optional<Outgoing> Deliverer::TakeFirstFree(Line& line) {
  for (auto message = line.waiting.begin(); message != line.waiting.end(); ++message) {
    int& flying = line.flying[message->provider];
    if (flying >= (providers_.IsDoubtful(message->provider) ? 1 : line.each)) continue;
    ++flying;
    Outgoing taken = std::move(*message);
    line.waiting.erase(message);
    if (!line.waiting.empty()) line.bell->Ring();
    return taken;
  }
  return std::nullopt;
}

std::optional<Outgoing> Deliverer::Next(Line& line) {
  const absl::MutexLock lock(&line.mutex);
  const absl::Time now = absl::Now();
  if (auto taken = TakeFirstFree(line)) return taken;
  if (line.due.exchange(false) || now >= line.look_again) {
    // Whoever has messages in the line already gets no more of them into it: one that hangs can't fill it.
    std::vector<std::string> held = providers_.HeldNow(now);
    for (const Outgoing& message : line.waiting) held.push_back(message.provider);
    std::vector<Outgoing> claimed;
    (void)context_.unit_of_work.Write<v1::Notification>(OwnCall("delivery"), [&](Session& session) -> Outcome<v1::Notification> {
      claimed = NotificationStore(session).Claim(line.means, line.batch, line.each, session.now() + line.lease, held);
      return DoneUnlessIdle(claimed.empty());
    });
    // Nothing due: the other senders need not ask at once again.
    if (claimed.empty()) line.look_again = now + kLook;
    for (Outgoing& message : claimed) line.waiting.push_back(std::move(message));
  }
  return TakeFirstFree(line);
}

void Deliverer::GiveBack(Line& line) {
  const absl::MutexLock lock(&line.mutex);
  std::vector<std::string> ids;
  for (const Outgoing& message : line.waiting) ids.push_back(message.notification.id());
  line.waiting.clear();
  if (ids.empty()) return;
  (void)context_.unit_of_work.Write<v1::Notification>(OwnCall("delivery"), [&](Session& session) -> Outcome<v1::Notification> {
    NotificationStore(session).GiveBack(ids);
    return v1::Notification();
  });
}

template <typename Send>
void Deliverer::Run(Line& line, Send send) {
  while (!stopping_()) {
    const std::optional<Outgoing> message = Next(line);
    if (!message) return;
    providers_.AwaitTurn(message->provider);
    const TraceScope trace(TraceIdOf(message->traceparent));
    const Sent sent = send(*message);
    providers_.Note(message->provider, sent, absl::Now());
    {
      const absl::MutexLock lock(&line.mutex);
      --line.flying[message->provider];
    }
    Keep(*message, sent);
  }
  GiveBack(line);
}

void Deliverer::SendEmails(SmtpSender& sender) {
  Run(emails_, [&](const Outgoing& message) { return sender.Send(EmailOf(message), context_.clock.Now()); });
}

// Asked at each try: a secret that was changed signs at once.
std::vector<std::string> Deliverer::KeysOfWebhook(const std::string& id) {
  std::vector<std::string> sealed, keys;
  (void)context_.unit_of_work.Read<bool>(OwnCall("delivery"), [&](Session& session) -> Outcome<bool> {
    sealed = SecretsOf(session, id);
    return true;
  });
  for (const std::string& secret : sealed) {
    const auto opened = context_.secrets.Open(secret, id);
    if (!opened.ok()) {
      Log(Level::kError, "a webhook's secret can't be opened", {{"reason", std::string(opened.status().message())}});
      continue;
    }
    if (const auto key = KeyOf(*opened)) keys.push_back(*key);
  }
  return keys;
}

void Deliverer::SendWebhooks(WebhookSender& sender) {
  Run(posts_, [&](const Outgoing& message) -> Sent {
    const std::vector<std::string> keys = KeysOfWebhook(message.provider);
    if (keys.empty()) return {Sent::End::kNotNow, "the secret can't be read", std::nullopt};
    return sender.Send({message.address, message.event_id, message.payload, keys, message.traceparent}, absl::Now());
  });
}

void Deliverer::PrintLetters(const std::string& folder, const NotifyClient* notify) {
  Run(letters_, [&](const Outgoing& message) { return Print(folder, notify, message); });
}

Sent Deliverer::Print(const std::string& folder, const NotifyClient* notify, const Outgoing& message) {
  auto kept = context_.unit_of_work.Read<KeptLetter>(OwnCall("delivery"), [&](Session& session) -> Outcome<KeptLetter> {
    auto found = FindLetter(session, message.notification.letter_id());
    if (!found) return NotFound("letter");
    return *found;
  });
  if (!kept.ok())
    return {kept.refusal().kind == RefusalKind::kNotFound ? Sent::End::kNever : Sent::End::kNotNow, "the letter can't be read",
            std::nullopt};
  if (auto held = BringUpToDate(*kept)) return *held;
  auto pdf = context_.renderer.Render("pdf", RenderRequest(context_.council, kept->letter, kept->address, DateOf(context_.clock.Now())));
  if (!pdf.ok()) return {Sent::End::kAway, std::string(pdf.status().message()), std::nullopt};
  NotifyClient::Posted posted{{Sent::End::kAccepted, "ready for the post", std::nullopt}, ""};
  if (notify != nullptr) {
    posted = notify->PostLetter(ReferenceOfTry(kept->letter), *pdf);
    if (posted.sent.end != Sent::End::kAccepted) return posted.sent;
  } else if (!folder.empty() && !WriteWhole(absl::StrCat(folder, "/", kept->letter.reference(), ".pdf"), *pdf)) {
    return {Sent::End::kAway, "the print folder can't be written", std::nullopt};
  }
  auto done = context_.unit_of_work.Write<v1::Notification>(OwnCall("delivery"), [&](Session& session) -> Outcome<v1::Notification> {
    LetterPrinted(session, kept->letter.id(), *pdf, posted.id);
    return v1::Notification();
  });
  if (!done.ok()) return {Sent::End::kNotNow, "the letter can't be kept", std::nullopt};
  return posted.sent;
}

std::optional<Sent> Deliverer::BringUpToDate(KeptLetter& kept) {
  const Call call = OwnCall("delivery");
  const auto person = context_.peers.Person(call, kept.letter.person_id());
  const auto appeal_by = AppealByIfPostedToday(context_, call);
  const bool gone = !person.ok() && person.refusal().kind == RefusalKind::kNotFound;
  if ((!person.ok() && !gone) || !appeal_by.ok()) return Sent{Sent::End::kNotNow, "the person's record can't be asked", std::nullopt};
  auto refreshed = context_.unit_of_work.Write<v1::Letter>(call, [&](Session& session) -> Outcome<v1::Letter> {
    auto now = FindLetter(session, kept.letter.id(), /*for_update=*/true);
    if (!now) return NotFound("letter");
    SetAnew(context_, session, *now, person.ok() ? &*person : nullptr, *appeal_by);
    kept = *now;
    return now->letter;
  });
  if (!refreshed.ok()) return Sent{Sent::End::kNotNow, "the letter can't be kept", std::nullopt};
  if (refreshed->state() == v1::Letter::State::QUEUED || refreshed->state() == v1::Letter::State::PRINTED) return std::nullopt;
  return Sent{Sent::End::kHeld, kept.letter.why().empty() ? "It has to be made in the person's format." : kept.letter.why(), std::nullopt};
}

void Deliverer::AskNotify(const NotifyClient& notify) {
  const Call call = OwnCall("notify");
  std::vector<AtNotify> due;
  (void)context_.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    due = TakeLooksAtNotify(session);
    return DoneUnlessIdle(due.empty());
  });
  for (const AtNotify& letter : due) {
    const NotifyClient::Look look = notify.StatusOf(letter.notify_id);
    if (look.found == NotifyClient::Look::Found::kAway) return;
    (void)context_.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
      NoteLook(session, letter, look);
      return v1::Notification();
    });
  }
}

void Deliverer::NoteLook(Session& session, const AtNotify& letter, const NotifyClient::Look& look) {
  const bool unknown = look.found == NotifyClient::Look::Found::kUnknown;
  if (const int missing = NoteMissingAtNotify(session, letter.letter_id, unknown); missing == kMissingBeforeAlarm) {
    if (const auto kept = FindLetter(session, letter.letter_id))
      OpenTask(session, TaskOfLetter(session, kept->letter, v1::Task::Kind::LETTER_UNACCOUNTED,
                                     "is not known to Notify, which had taken it. Find out whether it went: say :recordPosted, or send it "
                                     "again by :retry."));
  }
  const NotifyState state = NotifyStateOf(look.status);
  if (unknown || state == NotifyState::kOnItsWay) return;
  auto n = NotificationStore(session).Find(letter.notification_id, /*for_update=*/true);
  if (!n) return;
  const auto reported = state == NotifyState::kPosted             ? NotificationState::DELIVERED
                        : state == NotifyState::kTemporaryFailure ? NotificationState::TEMPORARY_FAILURE
                        : state == NotifyState::kPermanentFailure ? NotificationState::PERMANENT_FAILURE
                                                                  : NotificationState::TECHNICAL_FAILURE;
  ApplyReceipt(context_, session, *n, absl::StrCat("notify/", letter.notify_id, "/", look.status), reported,
               absl::StrCat("Notify: ", look.status));
  if (state == NotifyState::kTemporaryFailure) StartNextTry(session, letter.letter_id);
}

void Deliverer::Keep(const Outgoing& message, const Sent& sent) {
  Call call = OwnCall("delivery");
  call.traceparent = message.traceparent;
  auto done = context_.unit_of_work.Write<v1::Notification>(call, [&](Session& session) -> Outcome<v1::Notification> {
    NotificationStore store(session);
    auto n = store.Find(message.notification.id(), /*for_update=*/true);
    if (!n || n->state() != NotificationState::SENDING) return v1::Notification();  // a receipt, or the recipient, was faster
    const RetryPolicy& policy = n->kind() == v1::Notification::Kind::WEBHOOK ? retries_.webhooks : retries_.messages;
    const auto pause = PauseAfter(policy, n->attempts(), session.now() - FromTimestamp(n->queued_at()), Random());
    const Signal signal = SignalOf(sent, pause.has_value());
    n->set_last_failure(signal == Signal::kAccepted ? "" : sent.why);
    if (signal == Signal::kNotNow)
      *n->mutable_next_attempt_at() = ToTimestamp(session.now() + std::max(*pause, sent.wait.value_or(absl::ZeroDuration())));
    const bool letter = n->kind() == v1::Notification::Kind::LETTER;
    store.Move(*n, letter && signal == Signal::kAccepted ? Signal::kPrint : signal, sent.why);
    // A system's 2xx is its receipt; a mail server's 250 is not.
    if (signal == Signal::kAccepted && n->kind() == v1::Notification::Kind::WEBHOOK) store.Move(*n, Signal::kArrived, sent.why);
    if (sent.end == Sent::End::kGone) DisableWebhook(session, n->webhook_id(), "It answered 410 Gone.");
    LetterFollows(session, *n, sent.why);
    AfterFailure(context_, session, *n);
    return *n;
  });
  Log(Level::kInfo, "message tried",
      {{"notificationId", message.notification.id()},
       {"occasion", message.notification.occasion()},
       {"state", done.ok() ? NotificationState::Value_Name(done->state()) : "UNKNOWN"},
       {"attempt", absl::StrCat(message.notification.attempts())}});
  if (!done.ok())
    Log(Level::kWarning, "the end of an attempt could not be kept; its lease will end", {{"notificationId", message.notification.id()}});
}

void Deliverer::TidyPrintFolder(const std::string& folder) {
  std::vector<std::string> lying;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = file.path().filename();
    if (name.starts_with("LET-") && name.ends_with(".pdf")) lying.push_back(name.substr(0, name.size() - 4));
  }
  if (lying.empty()) return;
  (void)context_.unit_of_work.Read<v1::Notification>(OwnCall("print folder"), [&](Session& session) -> Outcome<v1::Notification> {
    for (const std::string& gone : NotToBePosted(session, lying)) std::filesystem::remove(absl::StrCat(folder, "/", gone, ".pdf"), error);
    return v1::Notification();
  });
}

void Deliverer::ReleaseLeases() {
  const Call call = OwnCall("leases");
  (void)context_.unit_of_work.Write<v1::Notification>(
      call, [&](Session& session) -> Outcome<v1::Notification> { return DoneUnlessIdle(NotificationStore(session).ReleaseLeases() == 0); });
}

}  // namespace evenhand::notification
