// bench-index: the check's index alone, in this process: bytes a handle, handles filled a second, look-ups a second.
//   bench-index HANDLES
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include <unistd.h>

#include "services/restriction/check/handle_index.h"

namespace {

using namespace evenhand::restriction::check;  // NOLINT: a small program of its own
using Clock = std::chrono::steady_clock;

double Since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::size_t Resident() {
  std::size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::string Email(std::size_t n) { return "person" + std::to_string(n) + "@example.org"; }

}  // namespace

int main(int argc, char** argv) {
  const std::size_t handles = argc > 1 ? std::stoul(argv[1]) : 200'000;
  const std::size_t before = Resident();
  auto start = Clock::now();
  HandleIndex index(handles);
  auto guidance = std::make_shared<Guidance>();
  guidance->measures.push_back(
      {.id = "m", .restriction_id = "r", .service_area = "Housing", .words = {.kind = evenhand::common::v1::MeasureKind::BLOCK_CHANNEL}});
  for (std::size_t n = 0; n < handles; ++n) {
    const PersonId id{0x0190000000007000ull + n, 0x8000000000000000ull | n * 0x9E3779B97F4A7C15ull >> 2};
    index.AddHandle(id, {FingerprintOf(HandleKind::kEmail, Email(n)), false, true});
    if (n % 20 == 0) index.SetGuidance(id, guidance);
  }
  const double filled = Since(start);
  const std::size_t after = Resident();
  std::mt19937_64 random(7);
  constexpr int kLooks = 2'000'000;
  std::size_t told = 0;
  start = Clock::now();
  for (int i = 0; i < kLooks; ++i) {
    bool worth_telling = false;
    index.Find(FingerprintOf(HandleKind::kEmail, Email(random() % (2 * handles))), &worth_telling);
    told += worth_telling;
  }
  const double looked = Since(start);
  std::printf("{\"handles\":%zu,\"bytes_a_handle\":%.0f,\"filled_a_second\":%.0f,\"lookups_a_second\":%.0f,\"told\":%zu}\n",
              index.handles(), static_cast<double>(after - before) / static_cast<double>(handles), static_cast<double>(handles) / filled,
              kLooks / looked, told);
}
