// A body that a Beast parser hands over piece by piece: whoever feeds the parser takes what has come and stops feeding when it is too much.
#pragma once

#include <cstdint>
#include <string>

#include <boost/optional.hpp>

#include "gateway/http/asio.h"

namespace evenhand::gateway {

struct PiecewiseBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& body) : body_(body) {}

    // No room is made for the announced length: a number in a header costs no memory here.
    void init(const boost::optional<std::uint64_t>&, ErrorCode& error) { error = {}; }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, ErrorCode& error) {
      error = {};
      std::size_t total = 0;
      for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
        const asio::const_buffer piece(*at);
        body_.append(static_cast<const char*>(piece.data()), piece.size());
        total += piece.size();
      }
      return total;
    }

    void finish(ErrorCode& error) { error = {}; }

   private:
    value_type& body_;
  };
};

using RequestParser = http::request_parser<PiecewiseBody>;

}  // namespace evenhand::gateway
