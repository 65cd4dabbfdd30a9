// How long the edge waits and how much it takes, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace evenhand::gateway {

inline constexpr std::chrono::seconds kHeadTime{10};       // a head is one packet; ten seconds is a slow line or an attack
inline constexpr std::chrono::seconds kBodyTime{30};       // a JSON body of 1 MiB at 35 kB/s
inline constexpr std::chrono::seconds kBodyPause{15};      // within any body: a slow line's hiccup, not a client that has left
inline constexpr std::chrono::seconds kReplyPause{60};     // a reply that nobody reads; a receiver's buffers empty in jerks
inline constexpr std::chrono::seconds kIdleTime{75};       // longer than the 60 s of common load balancers, so that they close first
inline constexpr std::chrono::seconds kDrainIdleTime{1};   // while draining: for a request that is on its way already
inline constexpr std::chrono::seconds kLingerTime{3};      // for a client to read our refusal while it is still sending
inline constexpr std::chrono::seconds kLongestLinger{15};  // for one that goes on sending
inline constexpr std::uint64_t kMaxJsonBytes = 1024 * 1024;
inline constexpr std::uint64_t kMaxEvidenceBytes = 100ull * 1024 * 1024;
inline constexpr std::uint64_t kMaxRestBytes = 256 * 1024;  // of a refused body that is read on, to keep the connection
inline constexpr std::uint64_t kFreeBytes =
    8 * 1024;  // a connection's own: a usual request and its head. What is beyond is counted (budget.h)
inline constexpr std::size_t kReadBytes = 16 * 1024;
inline constexpr std::size_t kMaxUnreadBytes = 64 * 1024;  // pipelined requests that wait in memory

}  // namespace evenhand::gateway
