#include "gateway/call/check_link.h"

#include "services/platform/rpc/turns.h"

namespace evenhand::gateway {

CheckLink::CheckLink(Owner* owner, asio::io_context& io, const std::string& address, const Settings& settings)
    : owner_(owner), wire_(io, address, settings) {}

void CheckLink::Start() {
  wire_.Connect([self = shared_from_this()](ErrorCode error) {
    if (error) return self->Break("can't connect: " + error.message());
    if (self->broken_) return;
    MessageStream::Fields fields = {{"x-evenhand-peer", "gateway"}};
    // On one machine, whoever answers us does so best where we wait: what is handed over need not cross to another processor and back.
    if (const auto processor = KeptOnProcessor()) fields.emplace_back("x-evenhand-processor", std::to_string(*processor));
    self->stream_ = MessageStream::Call("/evenhand.restriction.v1.ContactStreamService/CheckContacts", self->wire_.authority(),
                                        self->wire_.secure(), fields);
    self->Pump();
    self->Read();
    if (self->owner_ != nullptr) self->owner_->OnLinked();
  });
}

void CheckLink::Send(const restriction::v1::CheckBatch& batch) {
  stream_->Send(batch);
  Pump();
}

// What HTTP/2 wants to say, to the wire.
void CheckLink::Pump() {
  if (!stream_->Drain(&out_)) return Break(stream_->why());
  Write();
}

void CheckLink::Write() {
  if (writing_ || broken_) return;
  if (written_ == writing_out_.size()) {
    writing_out_.clear();
    written_ = 0;
    std::swap(writing_out_, out_);
    if (writing_out_.empty()) return;
    written_ = wire_.TryWrite(asio::buffer(writing_out_));
    if (written_ == writing_out_.size()) return;
  }
  writing_ = true;
  wire_.WriteSome(asio::buffer(writing_out_) + written_, [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    self->writing_ = false;
    if (error) return self->Break("can't write: " + error.message());
    self->written_ += bytes;
    self->Write();
  });
}

void CheckLink::Read() {
  wire_.ReadSome(asio::buffer(space_), [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    if (self->broken_) return;
    if (error) return self->Break("the connection ended: " + error.message());
    if (self->Take(bytes)) self->Read();
  });
}

bool CheckLink::Take(std::size_t bytes) {
  const bool on = stream_->Receive({space_.data(), bytes}, [this](std::string_view message) {
    if (!reply_.ParseFromArray(message.data(), static_cast<int>(message.size()))) return false;
    if (owner_ != nullptr) owner_->OnReply(reply_);
    return true;
  });
  if (broken_) return false;
  if (!on) return Break(stream_->why()), false;
  Pump();
  return !broken_;
}

void CheckLink::Break(const std::string& why) {
  if (broken_) return;
  const auto self = shared_from_this();
  broken_ = true;
  wire_.Close();
  if (Owner* owner = std::exchange(owner_, nullptr)) owner->OnBroken(why);
}

void CheckLink::Forget() {
  owner_ = nullptr;
  Break("");
}

}  // namespace evenhand::gateway
