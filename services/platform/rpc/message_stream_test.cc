#include "services/platform/rpc/message_stream.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

namespace evenhand {
namespace {

using google::protobuf::StringValue;

constexpr char kPath[] = "/a.Service/Call";

StringValue Message(const std::string& text) {
  StringValue message;
  message.set_value(text);
  return message;
}

// Both ends of a call, and what each has heard.
struct Ends {
  explicit Ends(const std::string& path = kPath, const std::string& peer = "gateway")
      : caller(MessageStream::Call(path, "localhost", false, {{"x-evenhand-peer", peer}})),
        service(MessageStream::Serve(kPath, [](const MessageStream::Fields& fields) {
          for (const auto& [name, value] : fields)
            if (name == "x-evenhand-peer" && value == "gateway") return std::string();
          return std::string("only the gateway asks here");
        })) {}

  // Until nobody has anything to say, `piece` bytes at a time.
  bool Run(std::size_t piece = 1 << 20) {
    for (bool on = true; on;) {
      on = Pass(*caller, *service, piece, &service_heard);
      on = Pass(*service, *caller, piece, &caller_heard) || on;
    }
    return !ended;
  }

  bool Pass(MessageStream& from, MessageStream& to, std::size_t piece, std::vector<std::string>* heard) {
    std::string bytes;
    from.Drain(&bytes);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      const bool on = to.Receive(std::string_view(bytes).substr(at, piece), [&](std::string_view message) {
        StringValue value;
        if (!value.ParseFromArray(message.data(), static_cast<int>(message.size()))) return false;
        heard->push_back(value.value());
        return true;
      });
      if (!on) ended = true;
    }
    return !bytes.empty();
  }

  std::unique_ptr<MessageStream> caller, service;
  std::vector<std::string> caller_heard, service_heard;
  bool ended = false;
};

TEST(MessageStream, MessagesGoBothWaysInOrder) {
  Ends ends;
  ends.caller->Send(Message("one"));
  ends.caller->Send(Message("two"));
  EXPECT_TRUE(ends.Run());
  ends.service->Send(Message("three"));
  ends.caller->Send(Message("four"));
  EXPECT_TRUE(ends.Run());
  EXPECT_EQ(ends.service_heard, (std::vector<std::string>{"one", "two", "four"}));
  EXPECT_EQ(ends.caller_heard, (std::vector<std::string>{"three"}));
}

TEST(MessageStream, PiecesOfAnySizeMakeTheSameMessages) {
  for (const std::size_t piece : {1, 3, 7, 9, 64}) {
    Ends ends;
    ends.caller->Send(Message(""));
    ends.caller->Send(Message(std::string(300, 'x')));
    EXPECT_TRUE(ends.Run(piece));
    EXPECT_EQ(ends.service_heard, (std::vector<std::string>{"", std::string(300, 'x')})) << piece;
  }
}

TEST(MessageStream, AMessageLargerThanAFrameAndThanTheFirstWindowArrivesWhole) {
  Ends ends;
  const std::string large(3'000'000, 'y');
  ends.caller->Send(Message(large));
  EXPECT_TRUE(ends.Run());
  ends.service->Send(Message(large));
  EXPECT_TRUE(ends.Run());
  ASSERT_EQ(ends.service_heard.size(), 1u);
  EXPECT_EQ(ends.service_heard[0], large);
  ASSERT_EQ(ends.caller_heard.size(), 1u);
}

TEST(MessageStream, ACallerThatIsNotExpectedIsToldSo) {
  Ends ends(kPath, "somebody");
  ends.caller->Send(Message("one"));
  EXPECT_FALSE(ends.Run());
  EXPECT_EQ(ends.caller->why(), "grpc-status 7 grpc-message only the gateway asks here ");
}

TEST(MessageStream, AnotherCallIsUnimplemented) {
  Ends ends("/another.Service/Call");
  EXPECT_FALSE(ends.Run());
  EXPECT_EQ(ends.caller->why().substr(0, 14), "grpc-status 12");
}

TEST(MessageStream, FinishIsOkAfterAllThatWasSaid) {
  Ends ends;
  EXPECT_TRUE(ends.Run());
  ends.service->Send(Message("last"));
  ends.service->Finish();
  EXPECT_FALSE(ends.Run());
  EXPECT_EQ(ends.caller_heard, (std::vector<std::string>{"last"}));
  EXPECT_EQ(ends.caller->why(), "grpc-status 0 ");
}

TEST(MessageStream, WhatIsNotHttp2EndsTheCall) {
  Ends ends;
  EXPECT_FALSE(ends.service->Receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n", [](std::string_view) { return true; }));
  EXPECT_FALSE(ends.service->why().empty());
}

TEST(MessageStream, AMessageThatCannotBeReadEndsTheCall) {
  Ends ends;
  ends.caller->Send(Message("one"));
  std::string bytes;
  ends.caller->Drain(&bytes);
  EXPECT_FALSE(ends.service->Receive(bytes, [](std::string_view) { return false; }));
  EXPECT_EQ(ends.service->why(), "a message can't be read");
}

}  // namespace
}  // namespace evenhand
