#include "services/platform/rpc/peer.h"

#include <algorithm>
#include <atomic>

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "services/platform/obs/log.h"

namespace evenhand {
namespace {

constexpr char kPeerKey[] = "x-evenhand-peer";

// Adds what every call between processes carries.
class Introduce final : public grpc::experimental::Interceptor {
 public:
  explicit Introduce(std::string self) : self_(std::move(self)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      auto* metadata = methods->GetSendInitialMetadata();
      metadata->insert({kPeerKey, self_});
      if (metadata->find("traceparent") == metadata->end() && !CurrentTrace().empty()) {
        metadata->insert({"traceparent", "00-" + CurrentTrace() + "-0000000000000001-01"});
      }
    }
    methods->Proceed();
  }

 private:
  const std::string self_;
};

// Calls that wait for one process. Beyond `most` of them the next is refused at once: threads that wait for a process which answers nobody
// would be missing for everybody else.
struct Waiting {
  const int most;
  std::atomic<int> now = 0;
};

class Bounded final : public grpc::experimental::Interceptor {
 public:
  explicit Bounded(std::shared_ptr<Waiting> waiting) : waiting_(std::move(waiting)), refused_(++waiting_->now > waiting_->most) {}
  ~Bounded() override { --waiting_->now; }
  Bounded(const Bounded&) = delete;
  Bounded& operator=(const Bounded&) = delete;

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using Point = grpc::experimental::InterceptionHookPoints;
    if (refused_ && methods->QueryInterceptionHookPoint(Point::PRE_SEND_INITIAL_METADATA)) return methods->Hijack();
    if (refused_ && methods->QueryInterceptionHookPoint(Point::PRE_RECV_STATUS))
      *methods->GetRecvStatus() = grpc::Status(grpc::StatusCode::UNAVAILABLE, "too many calls wait for it already");
    methods->Proceed();
  }

 private:
  const std::shared_ptr<Waiting> waiting_;
  const bool refused_;
};

class BoundedFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit BoundedFactory(int most) : waiting_(new Waiting{most}) {}
  // Streams live long and wait for nobody's thread.
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo* info) override {
    return info->type() == grpc::experimental::ClientRpcInfo::Type::UNARY ? new Bounded(waiting_) : nullptr;
  }

 private:
  const std::shared_ptr<Waiting> waiting_;
};

class IntroduceFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit IntroduceFactory(std::string self) : self_(std::move(self)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override { return new Introduce(self_); }

 private:
  const std::string self_;
};

// Certificates are short-lived and renewed on disk: what is there is read again, without a restart.
constexpr unsigned kReadAgainSeconds = 30;

std::shared_ptr<grpc::experimental::CertificateProviderInterface> CertificatesOf(const Settings& settings) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(settings.tls_key, settings.tls_certificate, settings.tls_ca,
                                                                              kReadAgainSeconds);
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsToCall(const std::string& address, const Settings& settings) {
  if (address.starts_with("unix:") || settings.tls_certificate.empty()) return grpc::InsecureChannelCredentials();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(CertificatesOf(settings));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address, const std::string& self, const Settings& settings,
                                         grpc::ChannelArguments arguments, int most_waiting) {
  // Channels with equal arguments would share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetMaxReceiveMessageSize(16 * 1024 * 1024);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (most_waiting > 0) interceptors.push_back(std::make_unique<BoundedFactory>(most_waiting));
  interceptors.push_back(std::make_unique<IntroduceFactory>(self));
  return grpc::experimental::CreateCustomChannelWithInterceptors(address, CredentialsToCall(address, settings), arguments,
                                                                 std::move(interceptors));
}

std::shared_ptr<grpc::ServerCredentials> CredentialsToListen(const Settings& settings) {
  if (settings.listen.starts_with("unix:") || settings.tls_certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::experimental::TlsServerCredentialsOptions options(CertificatesOf(settings));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::string PeerOf(const grpc::ServerContextBase& context) {
  std::string name;
  if (context.auth_context()->IsPeerAuthenticated()) {
    for (const grpc::string_ref& common_name : context.auth_context()->FindPropertyValues("x509_common_name"))
      name.assign(common_name.data(), common_name.size());
  } else {
    const auto said = context.client_metadata().find(kPeerKey);
    if (said != context.client_metadata().end()) name.assign(said->second.data(), said->second.size());
  }
  constexpr std::string_view kSuffix = "-service";
  if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
  return name;
}

bool IsExpectedPeer(std::string_view peer) {
  static constexpr std::string_view kExpected[] = {"gateway", "incident", "restriction", "appeal", "notification"};
  return std::ranges::find(kExpected, peer) != std::end(kExpected);
}

}  // namespace evenhand
