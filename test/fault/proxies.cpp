// K: HTTP proxies. The numbers of connections and requests are those that reach Box, so that a failure at the proxy has
// none.
#include "fault/replies.hpp"
#include "support/canaries.hpp"
#include "support/test_proxy.hpp"

namespace box::test {

using namespace std::chrono_literals;

namespace {

/// The client uses a proxy, which gives this answer.
TestProxy& by(Stage& stage, const ProxyAnswer& answer, TestProxyOptions options = {},
              const std::string& password = {}) {
  auto proxy = std::make_shared<TestProxy>(std::move(options));
  proxy->setDefault(answer);
  ProxyOptions settings = ProxyOptions::fromUrl(proxy->url());
  if (!password.empty()) {
    settings.username = "ann";
    settings.password = Secret(password);
  }
  stage.settings() = stage.settings().withProxy(settings);
  stage.keepToTheEnd(proxy);
  return *proxy;
}

std::function<void(Stage&)> answering(ProxyAnswer answer) {
  return [answer = std::move(answer)](Stage& stage) { by(stage, answer); };
}

}  // namespace

FaultGroup faultsOfProxies() {
  FaultGroup group("K", "Proxies");
  group.add("01", "the proxy opens the way")
      .by("200 to CONNECT", answering(ProxyAnswer::established()))
      .accepted()
      .once()
      .thenReused();
  group.add("02a", "the proxy wants credentials, and the caller has given none")
      .by("407",
          [](Stage& stage) {
            TestProxyOptions strict;
            strict.username = "ann";
            strict.password = Canaries::make("the proxy's password");
            by(stage, ProxyAnswer::established(), strict);
          })
      .fails(Errc::proxyAuthenticationRequired, Fate::notSent)
      .counts(1, 0, 0);
  group.add("02b", "the proxy wants other credentials")
      .by("407",
          [](Stage& stage) {
            TestProxyOptions strict;
            strict.username = "ann";
            strict.password = Canaries::make("the proxy's password");
            by(stage, ProxyAnswer::established(), strict, Canaries::make("the wrong password"));
          })
      .fails(Errc::proxyAuthenticationFailed, Fate::notSent)
      .counts(1, 0, 0);
  group.add("02c", "the proxy wants credentials of another kind")
      .by("407, `Proxy-Authenticate: Negotiate`",
          answering(ProxyAnswer::status(407, "Proxy-Authenticate: Negotiate\r\n")))
      .fails(Errc::proxyAuthenticationUnsupported, Fate::notSent)
      .counts(1, 0, 0);
  const struct {
    const char* number;
    int status;
  } passing[] = {{"03a", 502}, {"03b", 503}, {"03c", 504}};
  for (const auto& [number, status] : passing) {
    group.add(number, "the proxy cannot reach the host for now")
        .by(std::to_string(status) + ", always", answering(ProxyAnswer::status(status)))
        .fails(Errc::proxyFailed, Fate::notSent)
        .counts(5, 0, 0);
  }
  group.add("03d", "the proxy does not open the way to this host")
      .by("403", answering(ProxyAnswer::status(403)))
      .fails(Errc::proxyRefused, Fate::notSent)
      .counts(1, 0, 0);
  group.add("04", "Box would see the proxy's credentials")
      .provoked("both sides' bytes are read")
      .sees("it does not")
      .shownBy("Proxy.BoxNeverSeesTheProxysCredentials");
  group.add("05", "the proxy would see the token")
      .provoked("both sides' bytes are read")
      .sees("it does not")
      .shownBy("Proxy.TheProxySeesNothingOfACall");
  group.add("06", "two proxies, or two users of one")
      .provoked("one after the other")
      .sees("they share no connection")
      .shownBy("Proxy.NobodySharesAConnectionOfAnothersProxyOrCredentials");
  group.add("07", "bytes behind the answer to CONNECT")
      .by("a 202, always", answering(ProxyAnswer::raw("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n")))
      .fails(Errc::proxyFailed, Fate::notSent)
      .counts(5, 0, 0)
      .because("they are never taken for Box's");
  group.add("08", "an answer to CONNECT without an end")
      .by("fields until the connection ends", answering(ProxyAnswer::endless("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")))
      .fails(Errc::proxyFailed, Fate::notSent)
      .counts(5, 0, 0);
  group.add("09", "the proxy does not answer")
      .by("silence, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::proxy, 200ms);
            by(stage, ProxyAnswer::hang());
          })
      .fails(Errc::proxyTimeout, Fate::notSent)
      .counts(5, 0, 0)
      .takes(1s);
  group.add("10", "the https proxy's certificate is bad")
      .by("self-signed",
          [](Stage& stage) {
            emulator::CertificateSpec spec;
            spec.selfSigned = true;
            TestProxyOptions secure;
            secure.certificate = emulator::issueCertificate(stage.box().authority(), spec);
            by(stage, ProxyAnswer::established(), secure);
          })
      .fails(Errc::tlsVerificationFailed, Fate::notSent)
      .counts(1, 0, 0);
  group.add("11a", "the tunnel ends while idle")
      .by("RST to all of the proxy's connections",
          [](Stage& stage) {
            TestProxy& proxy = by(stage, ProxyAnswer::established());
            stage.callBefore();
            proxy.endAll(true);
            stage.awaitStir(proxy.port());
          })
      .accepted()
      .once()
      .thenReused();
  group.add("11b", "the tunnel ends in the middle of a call")
      .provoked("at different bytes of the answer")
      .sees("in doubt, and repeated in a new tunnel")
      .shownBy("Proxy.ATunnelThatBreaksUnderACallLeavesItInDoubtAndIsOpenedAnew");
  group.add("12", "interim answers from the proxy")
      .by("100, then 200", answering(ProxyAnswer::established("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")))
      .accepted()
      .once()
      .thenReused();
  group.add("13", "the proxy is down")
      .by("nobody listens there",
          [](Stage& stage) {
            stage.settings() = stage.settings().withProxy(
                ProxyOptions::fromUrl("http://127.0.0.3:" + std::to_string(stage.box().port())));
          })
      .fails(Errc::connectFailed, Fate::notSent)
      .counts(5, 0, 0)
      .because("it is never gone round");
  group.add("14", "a 401 from the proxy")
      .by("401 to CONNECT", answering(ProxyAnswer::status(401)))
      .fails(Errc::proxyAuthenticationFailed, Fate::notSent)
      .counts(1, 0, 0)
      .because("it is not Box's: no token is renewed for it");
  group.add("15a", "the proxy ends the connection instead of answering")
      .by("FIN, always", answering(ProxyAnswer::close()))
      .fails(Errc::proxyFailed, Fate::notSent)
      .counts(5, 0, 0);
  group.add("15b", "the proxy resets the connection instead of answering")
      .by("RST, always", answering(ProxyAnswer::reset()))
      .fails(Errc::proxyFailed, Fate::notSent)
      .counts(5, 0, 0);
  group.add("16", "what should be a proxy is none")
      .by("the greeting of an SSH server", answering(ProxyAnswer::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")))
      .fails(Errc::proxyFailed, Fate::notSent)
      .counts(5, 0, 0);
  group.add("17", "the proxy leads to somebody else")
      .provoked("a tunnel to another server")
      .sees("`tlsVerificationFailed`, notSent")
      .shownBy("Proxy.ThatLeadsSomewhereElseIsFoundOut");
  group.add("18", "a status line that ends after the status")
      .by("`HTTP/1.1 200`", answering(ProxyAnswer::established("HTTP/1.1 200\r\n\r\n")))
      .accepted()
      .once()
      .thenReused();
  group.add("19", "a body's length and coding in a 2xx to CONNECT")
      .by("`Content-Length: 0; Transfer-Encoding: chunked`",
          answering(
              ProxyAnswer::established("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n")))
      .accepted()
      .once()
      .thenReused()
      .because("RFC 9110 9.3.6: a client must ignore them");
  group.add("20", "Basic authentication among other challenges")
      .by("407, `Proxy-Authenticate: Negotiate, Basic realm=\"p\"`",
          answering(ProxyAnswer::status(407, "Proxy-Authenticate: Negotiate, Basic realm=\"p\"\r\n")))
      .fails(Errc::proxyAuthenticationRequired, Fate::notSent)
      .counts(1, 0, 0)
      .also("the text does not deny that Basic is offered", [](Stage& stage) {
        const std::string text = stage.error()->what();
        return text.find("does not offer") == std::string::npos ? std::string() : text;
      });
  return group;
}

}  // namespace box::test
