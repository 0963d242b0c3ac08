// K: HTTP proxies. A proxy of the tests' own stands in test/integration, so the rows name the tests there.
#include "fault/fault.hpp"

namespace box::test {

FaultGroup faultsOfProxies() {
  FaultGroup group("K", "Proxies");
  const auto add = [&](const std::string& number, const std::string& what, const std::string& words) -> Fault& {
    return group.add(number, what).provoked(words);
  };
  add("01", "the proxy opens the way", "200 to CONNECT").accepted().once().pending("Proxy.OneTunnelCarriesManyCalls");
  add("02", "the proxy wants other credentials", "407").fails(Errc::proxyAuthenticationFailed, Fate::notSent).counts(1, 0, 0)
      .pending("Proxy.WrongCredentialsAreNotTriedAgain");
  add("03a", "the proxy cannot reach the host for now", "502, 503, 504, always").fails(Errc::proxyFailed, Fate::notSent).counts(5, 0, 0)
      .pending("Proxy.APassingRefusalThatDoesNotPassIsTold");
  add("03b", "the proxy does not open the way to this host", "403").fails(Errc::proxyRefused, Fate::notSent).counts(1, 0, 0)
      .pending("Proxy.ARefusalForGoodIsNotRepeated");
  add("04", "Box would see the proxy's credentials", "both sides' bytes are read").sees("it does not").pending("Proxy.BoxNeverSeesTheProxysCredentials");
  add("05", "the proxy would see the token", "both sides' bytes are read").sees("it does not").pending("Proxy.TheProxySeesNothingOfACall");
  add("06", "two proxies, or two users of one", "one after the other").sees("they share no connection").pending("Proxy.NobodySharesAConnectionOfAnothersProxyOrCredentials");
  add("07", "bytes behind the answer to CONNECT", "an answer of Box's in them").fails(Errc::proxyFailed, Fate::notSent).counts(5, 0, 0)
      .pending("Proxy.BytesBehindItsAnswerAreNotTakenForBoxs");
  add("08", "an answer to CONNECT without an end", "fields until the connection ends").fails(Errc::proxyFailed, Fate::notSent).counts(5, 0, 0)
      .pending("Proxy.AnAnswerWithoutEndIsCutOff");
  add("09", "the proxy does not answer", "silence").fails(Errc::proxyTimeout, Fate::notSent).counts(5, 0, 0)
      .pending("Proxy.ThatDoesNotAnswerIsGivenUpInTimeAndTriedAgain");
  add("10", "the https proxy's certificate is bad", "each kind of bad one").fails(Errc::tlsVerificationFailed, Fate::notSent).counts(1, 0, 0)
      .pending("ProxyBadCertificates.AreRefusedOnceAndToldNothing");
  add("11", "the tunnel ends in the middle of a call", "RST").sees("in doubt, and repeated in a new tunnel")
      .pending("Proxy.ATunnelThatBreaksUnderACallLeavesItInDoubtAndIsOpenedAnew");
  add("12", "interim answers from the proxy", "100 before the 200").sees("accepted").pending("Proxy.InterimAnswersArePassedOver");
  add("13", "the proxy is down", "nobody listens there").sees("`connectFailed`, notSent; it is not gone round").pending("Proxy.IsNotGoneRoundWhereItIsDown");
  add("14", "the proxy refuses with a 401", "401 to CONNECT").sees("not taken for Box's").pending("Proxy.A401OfItsIsNotBoxs");
  return group;
}

}  // namespace box::test
