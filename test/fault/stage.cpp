#include "fault/stage.hpp"

#include "support/host_table.hpp"

namespace box::test {

void Stage::callHost(const std::string& host, std::vector<std::string> addresses) {
  boxOptions().extraNames.push_back(host);
  HostTable::set(host, std::move(addresses));
  callAt(host, box().port());
}

void Stage::callAt(const std::string& address, std::uint16_t port) {
  settings() = settings().withCustomBaseUrls(BaseUrls("https://" + address + ":" + std::to_string(port)));
}

void Stage::poolOf(std::size_t connections) {
  PoolOptions pool = settings().pool();
  pool.maxConnections = connections;
  settings() = settings().withPool(pool);
}

void Stage::present(const emulator::CertificateSpec& spec) {
  const emulator::IssuedCertificate issued = emulator::issueCertificate(box().authority(), spec);
  box().setCertificate(issued.chainPem, issued.privateKeyPem);
}

}  // namespace box::test
