#include "gateway/http/exchange.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "gateway/http/session.h"

namespace evenhand::gateway {

Exchange::Exchange(Session* session)
    : client(session->client()), began(Clock::now()), session_(session), io_(session->worker().io), worker_(session->worker().index) {}

void Exchange::Reply(Response response) {
  if (replied()) return;
  status_ = response.status;
  if (session_ != nullptr) session_->Reply(*this, std::move(response));
}

void Exchange::Start(Response head) {
  if (replied()) return;
  status_ = head.status;
  if (session_ != nullptr) session_->Start(*this, std::move(head));
}

void Exchange::Write(std::string bytes, Done done) {
  if (session_ == nullptr) return done ? done(false) : void();
  sent_bytes_ += bytes.size();
  if (head_only_ || bytes.empty()) return done ? done(true) : void();
  if (chunked_) bytes = absl::StrCat(absl::Hex(bytes.size()), "\r\n", bytes, "\r\n");
  session_->Send(std::move(bytes), std::move(done));
}

void Exchange::End() {
  if (session_ == nullptr || complete_) return;
  const auto self = shared_from_this();
  complete_ = true;
  if (chunked_ && !head_only_) session_->Send("0\r\n\r\n", nullptr);
  if (session_ != nullptr) session_->Complete(*this);
}

void Exchange::Abort() {
  if (session_ == nullptr) return;
  const auto self = shared_from_this();
  close_ = true;
  session_->Close();
}

void Exchange::PauseBody() {
  if (session_ == nullptr || std::exchange(paused_, true)) return;
  paused_at_ = session_->worker().now;
}

void Exchange::ResumeBody() {
  if (!paused_) return;
  paused_ = false;
  if (session_ != nullptr) pace_.StoodStill(session_->worker().now - paused_at_);
  if (session_ != nullptr) session_->Advance();
}

}  // namespace evenhand::gateway
