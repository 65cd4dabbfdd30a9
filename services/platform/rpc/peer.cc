#include "services/platform/rpc/peer.h"

#include <algorithm>

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
                                         grpc::ChannelArguments arguments) {
  // Channels with equal arguments would share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetMaxReceiveMessageSize(16 * 1024 * 1024);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
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
