#include "gateway/http/body.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <boost/optional.hpp>

#include "gateway/http/asio.h"

namespace evenhand::gateway {
namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Beast's chunks are read behind a head of ours: the true one has been read already.
constexpr std::string_view kHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

// What a Beast parser has taken out of its chunks so far.
struct PiecewiseBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& body) : body_(body) {}

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

}  // namespace

class ChunkReader {
 public:
  ChunkReader() {
    parser_.body_limit(std::numeric_limits<std::uint64_t>::max());  // the session counts; none would refuse every length in 1.74
    parser_.eager(true);
    ErrorCode ignored;
    parser_.put(asio::buffer(kHead.data(), kHead.size()), ignored);
  }

  std::optional<std::size_t> Take(std::string_view bytes, std::string& piece) {
    // Beast 1.74 ends the process (BOOST_ASSERT) when a last chunk that is the first comes in pieces smaller than itself.
    if (!begun_ && bytes.size() < kLastChunk.size()) return 0;
    ErrorCode error;
    std::size_t used = 0;
    try {
      used = parser_.put(asio::buffer(bytes.data(), bytes.size()), error);
    } catch (const std::logic_error&) {  // asio_impl.cc
      error = http::error::bad_chunk;
    }
    std::string& taken = parser_.get().body();
    begun_ |= !taken.empty();
    piece.append(taken);
    taken.clear();
    if (error && error != http::error::need_more) return std::nullopt;
    return used;
  }

  bool done() const { return parser_.is_done(); }

 private:
  http::request_parser<PiecewiseBody> parser_;
  bool begun_ = false;
};

BodyReader::BodyReader() = default;
BodyReader::~BodyReader() = default;

void BodyReader::Begin(const Head& head) {
  if (head.chunked) chunks_ = std::make_unique<ChunkReader>();
  left_ = head.content_length.value_or(0);
  done_ = !head.chunked && left_ == 0;
}

std::optional<std::size_t> BodyReader::Take(std::string_view bytes, std::string& piece) {
  if (done_) return 0;
  if (chunks_ != nullptr) {
    const auto used = chunks_->Take(bytes, piece);
    done_ = used && chunks_->done();
    return used;
  }
  const std::size_t used = std::min<std::uint64_t>(bytes.size(), left_);
  piece.append(bytes.substr(0, used));
  left_ -= used;
  done_ = left_ == 0;
  return used;
}

}  // namespace evenhand::gateway
