#include "gateway/call/spool.h"

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

namespace evenhand::gateway {

Spool::~Spool() {
  if (file_ >= 0) close(file_);
}

bool Spool::OpenFile() {
  if (file_ >= 0) return true;
  std::string path = folder_ + "/spool-XXXXXX";
  file_ = mkostemp(path.data(), O_CLOEXEC);
  if (file_ < 0) return false;
  unlink(path.c_str());
  return true;
}

bool Spool::Append(std::string_view bytes) {
  if (read_ == written_ && memory_.size() + bytes.size() <= kMemoryBytes) {
    memory_ += bytes;
    return true;
  }
  if (!OpenFile()) return false;
  while (!bytes.empty()) {
    const ssize_t n = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(written_));
    if (n <= 0) return false;
    written_ += static_cast<std::uint64_t>(n);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string Spool::Take(std::size_t most) {
  std::string out;
  if (!memory_.empty()) {  // what is in memory came before what is in the file
    out = memory_.substr(0, most);
    memory_.erase(0, out.size());
    return out;
  }
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, written_ - read_)));
  const ssize_t n = out.empty() ? 0 : pread(file_, out.data(), out.size(), static_cast<off_t>(read_));
  out.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  read_ += out.size();
  if (read_ == written_ && file_ >= 0 && written_ > 0) {
    read_ = written_ = 0;
    if (ftruncate(file_, 0) != 0) return out;
  }
  return out;
}

}  // namespace evenhand::gateway
