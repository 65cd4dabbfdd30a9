// Boost.Asio's and Beast's own code, compiled once.
#include <utility>

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>

#include <stdexcept>

#ifdef BOOST_ENABLE_ASSERT_HANDLER
// Beast 1.74 asserts what a peer can bring about; a request that does so is refused, and the others are served on.
namespace boost {

void assertion_failed(const char* expression, const char*, const char*, long) { throw std::logic_error(expression); }
void assertion_failed_msg(const char* expression, const char*, const char*, const char*, long) { throw std::logic_error(expression); }

}  // namespace boost
#endif
