// Tokens of the council's identity provider (RFC 7519): signature by the provider's published keys (RFC 7517), issuer, audience, times.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "services/platform/auth/actor.h"
#include "services/platform/auth/claims.h"
#include "services/platform/base/refusal.h"
#include "services/platform/config/settings.h"

namespace evenhand {

struct TokenOptions {
  std::string jwks;                                        // file:/path or http(s)://…
  std::string issuer;                                      // `iss` must equal it
  std::string audience;                                    // `aud` must name it
  absl::Duration longest_life = absl::InfiniteDuration();  // from `iat` (else from now) to `exp`
  bool allow_dev_key = false;                              // keys whose kid starts with "evenhand-dev-": dev mode only
  ClaimReader claims = {};                                 // who the claims name, and as what
};

class TokenVerifier {
 public:
  explicit TokenVerifier(TokenOptions options);
  ~TokenVerifier();

  // The actor of a compact JWS without "Bearer "; UNAUTHENTICATED says no more than that. UNAVAILABLE: its key is not known and the
  // provider can't be asked, so that it may well hold. Verified tokens are kept for five minutes at most, and no longer than the published
  // keys stay the same. What can't be read is refused: `crit`, an `act` that names no system, doubled claims, text that is no UTF-8. Only
  // RS256, PS256 and ES256, each with a key of its own type; never a key out of the token. Thread-safe.
  absl::StatusOr<std::shared_ptr<const Actor>> Verify(std::string_view token) const;

  // Reads the keys now; the error of an unreachable source. The keys read before stay in use then.
  absl::Status Refresh() const;

  // Whether the provider's keys were ever read: before that nobody can be served.
  bool knows_keys() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a caller is told whose token Verify() did not take.
Refusal RefusalOfToken(const absl::Status& status);

// Of a process by its settings: the development key is accepted in dev mode alone.
std::unique_ptr<TokenVerifier> MakeTokenVerifier(const Settings& settings);

}  // namespace evenhand
