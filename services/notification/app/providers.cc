#include "services/notification/app/providers.h"

#include <absl/time/clock.h>

#include "services/platform/obs/metrics.h"

namespace evenhand::notification {

Providers::Providers(const Rates& rates) : rates_(rates) {
  const absl::MutexLock lock(&mutex_);
  for (const char* shown : {"smtp", "print"}) {  // a webhook's id is no label
    One& one = Find(shown);
    one.open = &GaugeNamed("evenhand_circuit_open", "1 while a provider failed so often that it is left alone", {{"provider", shown}});
    one.failures =
        &CounterNamed("evenhand_provider_failures_total", "Tries that a provider failed, whoever the recipient", {{"provider", shown}});
  }
}

Providers::One& Providers::Find(const std::string& provider) {
  const double rate = provider == "smtp" ? rates_.smtp : provider == "print" ? rates_.letters : rates_.webhook;
  return providers_.try_emplace(provider, One{.limit = RateLimit(rate)}).first->second;
}

std::vector<std::string> Providers::HeldNow(absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string> held;
  for (const auto& [name, one] : providers_) {
    if (one.breaker.holding_back(now)) held.push_back(name);
  }
  return held;
}

bool Providers::IsDoubtful(const std::string& provider) {
  const absl::MutexLock lock(&mutex_);
  const auto found = providers_.find(provider);
  return found != providers_.end() && found->second.failed_last;
}

bool Providers::HoldsBack(const std::string& provider, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  const auto found = providers_.find(provider);
  return found != providers_.end() && found->second.breaker.holding_back(now);
}

void Providers::AwaitTurn(const std::string& provider) {
  for (;;) {
    {
      const absl::MutexLock lock(&mutex_);
      if (Find(provider).limit.Take(1, absl::Now()) == 1) return;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

void Providers::Note(const std::string& provider, const Sent& sent, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  One& one = Find(provider);
  one.failed_last = sent.end == Sent::End::kAway;
  if (sent.end == Sent::End::kAway) {
    one.breaker.Failed(now);
  } else {
    one.breaker.Succeeded();  // it answered, whatever it said of this recipient
  }
  if (one.open != nullptr) one.open->Set(one.breaker.holding_back(now) ? 1 : 0);
  if (one.failures != nullptr && one.failed_last) one.failures->Increment();
}

}  // namespace evenhand::notification
