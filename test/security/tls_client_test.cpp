// The client's side of TLS, seen from the other side: what it offers, requires, trusts and keeps. No sockets.
#include "transport/tls_context.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/tcp.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/emulator/certificates.hpp"
#include "support/no_descriptors.hpp"
#include "system/posix/certificate_folder.hpp"

namespace {

/// The version of OpenSSL that the program is told; 0: the true one.
unsigned long pretendedVersion = 0;

}  // namespace

// Replaces OpenSSL's function in this program.
unsigned long OpenSSL_version_num() { return pretendedVersion != 0 ? pretendedVersion : OPENSSL_VERSION_NUMBER; }

namespace box {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Ssl = std::unique_ptr<SSL, Freed<SSL_free>>;
using SslContext = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;

/// The first message of a client.
struct Hello {
  std::vector<std::uint16_t> ciphers;
  std::vector<unsigned char> compression;
  std::vector<int> extensions;
  std::string versions, alpn, serverName;

  bool has(int extension) const {
    return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
  }
};

std::string extension(SSL* ssl, unsigned type) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &data, &size) != 1) return {};
  return {reinterpret_cast<const char*>(data), size};
}

int look(SSL* ssl, int*, void* argument) {
  Hello& hello = *static_cast<Hello*>(argument);
  const unsigned char* bytes = nullptr;
  std::size_t size = SSL_client_hello_get0_ciphers(ssl, &bytes);
  for (std::size_t i = 0; i + 1 < size; i += 2)
    hello.ciphers.push_back(static_cast<std::uint16_t>(bytes[i] << 8 | bytes[i + 1]));
  size = SSL_client_hello_get0_compression_methods(ssl, &bytes);
  hello.compression.assign(bytes, bytes + size);
  int* extensions = nullptr;
  std::size_t count = 0;
  if (SSL_client_hello_get1_extensions_present(ssl, &extensions, &count) == 1) {
    hello.extensions.assign(extensions, extensions + count);
    OPENSSL_free(extensions);
  }
  hello.versions = extension(ssl, TLSEXT_TYPE_supported_versions);
  hello.alpn = extension(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation);
  hello.serverName = extension(ssl, TLSEXT_TYPE_server_name);
  return SSL_CLIENT_HELLO_SUCCESS;
}

/// A server that lets clients resume sessions and send early data.
class Server {
 public:
  Server() : authority_(emulator::makeCertificateAuthority()), context_(SSL_CTX_new(TLS_server_method())) {
    const emulator::IssuedCertificate issued = emulator::issueCertificate(authority_);
    const Bio chain(BIO_new_mem_buf(issued.chainPem.data(), static_cast<int>(issued.chainPem.size())));
    X509* certificate = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context_.get(), certificate);
    X509_free(certificate);
    const Bio keyText(BIO_new_mem_buf(issued.privateKeyPem.data(), static_cast<int>(issued.privateKeyPem.size())));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(keyText.get(), nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(context_.get(), key);
    EVP_PKEY_free(key);
    SSL_CTX_set_max_early_data(context_.get(), 16384);
    SSL_CTX_set_client_hello_cb(context_.get(), &look, &hello);
  }

  TlsOptions trusted() const {
    TlsOptions options;
    options.caPem = authority_.certificatePem;
    return options;
  }

  /// Makes a handshake in memory. Gives whether it has succeeded; `hello` is the client's first message.
  bool meet(SSL* client) {
    hello = Hello();
    const Ssl server(SSL_new(context_.get()));
    BIO *there = nullptr, *back = nullptr;
    BIO_new_bio_pair(&there, 0, &back, 0);
    SSL_set_bio(client, there, there);
    SSL_set_bio(server.get(), back, back);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server.get());
    bool ended = false;
    for (int step = 0; step < 20 && !ended; ++step) {
      const int one = SSL_do_handshake(client), other = SSL_do_handshake(server.get());
      ended = one == 1 && other == 1;
    }
    char byte = 0;
    SSL_read(client, &byte, 1);  // reads the tickets
    // A session is not resumed if its connection broke, so that this one ends in an orderly way.
    SSL_shutdown(client);
    SSL_shutdown(server.get());
    return ended;
  }

  Hello hello;

 private:
  emulator::CertificateAuthority authority_;
  SslContext context_;
};

class TlsClient : public testing::Test {
 protected:
  void TearDown() override { pretendedVersion = 0; }

  Tls tlsTo(TlsContext& context, const std::string& host = "localhost", bool isAddress = false) {
    return context.makeTls(host, isAddress, sessions_);
  }
  Hello helloTo(const std::string& host, bool isAddress = false) {
    TlsContext context(server_.trusted());
    const Tls tls = tlsTo(context, host, isAddress);
    server_.meet(tls.get());
    return server_.hello;
  }
  /// Why no connection may be made with these options; empty: it may.
  static std::string objectionTo(const TlsOptions& options) {
    try {
      TlsContext context(options);
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      return error.what();
    }
    return {};
  }

  Server server_;
  TlsSessions sessions_;
};

TEST_F(TlsClient, OffersTls12And13AndNothingOlder) {
  EXPECT_EQ(helloTo("localhost").versions, (std::string{4, 3, 4, 3, 3}));
  TlsOptions newest = server_.trusted();
  newest.minVersion = TlsOptions::MinVersion::tls13;
  TlsContext context(newest);
  const Tls tls = tlsTo(context);
  EXPECT_TRUE(server_.meet(tls.get()));
  EXPECT_EQ(server_.hello.versions, (std::string{2, 3, 4}));
}

TEST_F(TlsClient, OffersForwardSecrecyAndAuthenticatedEncryptionOnly) {
  const Hello hello = helloTo("localhost");
  const SslContext any(SSL_CTX_new(TLS_method()));
  const Ssl ssl(SSL_new(any.get()));
  EXPECT_GE(hello.ciphers.size(), 5U);
  for (const std::uint16_t id : hello.ciphers) {
    if (id == 0x00ff) continue;  // not a cipher: it announces secure renegotiation
    const unsigned char bytes[] = {static_cast<unsigned char>(id >> 8), static_cast<unsigned char>(id)};
    const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl.get(), bytes);
    ASSERT_NE(cipher, nullptr) << id;
    EXPECT_EQ(SSL_CIPHER_is_aead(cipher), 1) << SSL_CIPHER_get_name(cipher);
    const int exchange = SSL_CIPHER_get_kx_nid(cipher);
    EXPECT_TRUE(exchange == NID_kx_ecdhe || exchange == NID_kx_any) << SSL_CIPHER_get_name(cipher);
  }
  EXPECT_THAT(hello.compression, ElementsAre(0));
}

TEST_F(TlsClient, OffersHttp11) { EXPECT_EQ(helloTo("localhost").alpn, std::string("\0\x09\x08http/1.1", 11)); }

TEST_F(TlsClient, SaysTheNameOfTheHostButNoAddress) {
  EXPECT_EQ(helloTo("localhost").serverName, std::string("\0\x0c\0\0\x09localhost", 14));
  EXPECT_FALSE(helloTo("127.0.0.1", true).has(TLSEXT_TYPE_server_name));
}

TEST_F(TlsClient, ResumesWithATicketThatIsUsedOnceAndSendsNoEarlyData) {
  TlsContext context(server_.trusted());
  {
    const Tls first = tlsTo(context);
    ASSERT_TRUE(server_.meet(first.get()));
    EXPECT_FALSE(TlsContext::resumed(first.get()));
  }
  // A TLS 1.3 server gives two tickets; each of these connections uses one and gets another.
  SSL_SESSION* ticket = sessions_.take();
  ASSERT_NE(ticket, nullptr);
  EXPECT_GT(SSL_SESSION_get_max_early_data(ticket), 0U);
  SSL_SESSION* other = sessions_.take();
  EXPECT_NE(ticket, other);
  SSL_SESSION_free(other);
  EXPECT_EQ(sessions_.take(), nullptr);
  sessions_.put(ticket);

  const Tls second = tlsTo(context);
  ASSERT_TRUE(server_.meet(second.get()));
  EXPECT_TRUE(TlsContext::resumed(second.get()));
  EXPECT_TRUE(server_.hello.has(TLSEXT_TYPE_psk));
  EXPECT_FALSE(server_.hello.has(TLSEXT_TYPE_early_data));
  EXPECT_EQ(SSL_get_early_data_status(second.get()), SSL_EARLY_DATA_NOT_SENT);
}

TEST_F(TlsClient, WithoutResumptionAsksForNoTicketAndKeepsNone) {
  TlsOptions options = server_.trusted();
  options.sessionResumption = false;
  TlsContext context(options);
  const Tls tls = tlsTo(context);
  ASSERT_TRUE(server_.meet(tls.get()));
  EXPECT_FALSE(server_.hello.has(TLSEXT_TYPE_session_ticket));
  EXPECT_EQ(sessions_.take(), nullptr);
}

TEST_F(TlsClient, NeitherRenegotiatesNorTakesACutConnectionForItsEnd) {
  TlsContext context(server_.trusted());
  const Tls tls = tlsTo(context);
  const std::uint64_t options = SSL_get_options(tls.get());
  EXPECT_NE(options & SSL_OP_NO_RENEGOTIATION, 0U);
  EXPECT_NE(options & SSL_OP_NO_COMPRESSION, 0U);
  EXPECT_EQ(options & (SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
                       SSL_OP_LEGACY_SERVER_CONNECT),
            0U);
  EXPECT_GE(SSL_get_security_level(tls.get()), 2);
}

TEST_F(TlsClient, VerifiesEveryStreamAgainstItsHost) {
  TlsContext context(server_.trusted());
  const Tls tls = tlsTo(context);
  EXPECT_EQ(SSL_get_verify_mode(tls.get()), SSL_VERIFY_PEER);
  EXPECT_EQ(SSL_get_verify_callback(tls.get()), nullptr);
  const unsigned flags = X509_VERIFY_PARAM_get_hostflags(SSL_get0_param(tls.get()));
  EXPECT_EQ(flags, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  ASSERT_TRUE(server_.meet(tls.get()));
  EXPECT_STREQ(SSL_get0_peername(tls.get()), "localhost");

  // Each host needs its own sessions: a resumed connection is not verified again.
  TlsSessions none;
  const Tls other = context.makeTls("other.example", false, none);
  EXPECT_FALSE(server_.meet(other.get()));
  EXPECT_EQ(SSL_get_verify_result(other.get()), X509_V_ERR_HOSTNAME_MISMATCH);
  const Tls address = context.makeTls("127.0.0.9", true, none);
  EXPECT_FALSE(server_.meet(address.get()));
  EXPECT_EQ(SSL_get_verify_result(address.get()), X509_V_ERR_IP_ADDRESS_MISMATCH);
  // OpenSSL takes an empty name for any name.
  EXPECT_THROW(tlsTo(context, ""), BoxSdkError);
  EXPECT_THROW(tlsTo(context, "no address", true), BoxSdkError);
}

/// A temporary folder, and environment variables, which are restored after the test.
class TlsClientOfTheSystem : public TlsClient {
 protected:
  TlsClientOfTheSystem() {
    std::string name = (std::filesystem::temp_directory_path() / "box-tls-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
    std::filesystem::create_directory(folder_ / "certs");
    setVariable("SSL_CERT_FILE", path("ca.pem"));
    setVariable("SSL_CERT_DIR", path("certs"));
  }
  ~TlsClientOfTheSystem() override {
    for (const auto& [name, value] : before_) value ? ::setenv(name, value->c_str(), 1) : ::unsetenv(name);
    std::filesystem::remove_all(folder_);
  }

  void setVariable(const char* name, const std::string& value) {
    const char* old = std::getenv(name);
    before_.emplace_back(name, old != nullptr ? std::optional<std::string>(old) : std::nullopt);
    ::setenv(name, value.c_str(), 1);
  }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  void write(const char* name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

 private:
  std::filesystem::path folder_;
  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

TEST_F(TlsClientOfTheSystem, WithoutCertificatesMakesNoConnections) {
  EXPECT_THAT(objectionTo(TlsOptions()), HasSubstr("ca-certificates"));
  write("ca.pem", "");
  EXPECT_THAT(objectionTo(TlsOptions()), HasSubstr("ca-certificates"));
  write("ca.pem", "rubbish\n");
  write("certs/README", "put certificates here\n");
  EXPECT_THAT(objectionTo(TlsOptions()), HasSubstr("ca-certificates"));
}

TEST_F(TlsClientOfTheSystem, TakesAFileOrAFolderOfCertificates) {
  write("ca.pem", *server_.trusted().caPem);
  EXPECT_EQ(objectionTo(TlsOptions()), "");
  TlsContext context((TlsOptions()));
  const Tls tls = tlsTo(context);
  EXPECT_TRUE(server_.meet(tls.get()));
  write("ca.pem", "");
  write("certs/0a1b2c3d.0", *server_.trusted().caPem);
  EXPECT_EQ(objectionTo(TlsOptions()), "");
}

TEST_F(TlsClientOfTheSystem, ReadsItsFolderAloneWhereThatWasMadeFromTheFile) {
  const auto at = [&](const char* name, int hour) {
    std::filesystem::last_write_time(path(name), std::filesystem::file_time_type() + std::chrono::hours(hour));
  };
  EXPECT_FALSE(folderHasAllOf(path("ca.pem"), path("certs"))) << "the file does not exist";
  write("certs/all.crt", "any");
  std::filesystem::create_symlink(path("certs/all.crt"), path("ca.pem"));
  at("certs/all.crt", 2);
  at("certs", 2);
  EXPECT_TRUE(folderHasAllOf(path("ca.pem"), path("certs")));
  at("certs/all.crt", 3);
  EXPECT_FALSE(folderHasAllOf(path("ca.pem"), path("certs"))) << "somebody has added to the file";
  write("other.pem", "any");
  at("other.pem", 1);
  EXPECT_FALSE(folderHasAllOf(path("other.pem"), path("certs"))) << "it was made by somebody else";
  EXPECT_FALSE(folderHasAllOf(path("other.pem"), path("absent")));
}

TEST_F(TlsClientOfTheSystem, ReadsAFileThatTheUserNamesBesideAnyFolder) {
  write("ca.pem", *server_.trusted().caPem);
  write("certs/0a1b2c3d.0", "another\n");
  TlsContext context((TlsOptions()));
  EXPECT_TRUE(server_.meet(tlsTo(context).get()));
}

TEST_F(TlsClientOfTheSystem, IsReadOnceForEqualOptionsAndUnchangedFiles) {
  write("ca.pem", *server_.trusted().caPem);
  TlsOptions file, newest;
  file.caFile = path("ca.pem");
  newest.minVersion = TlsOptions::MinVersion::tls13;
  const auto system = TlsContext::of(TlsOptions()), named = TlsContext::of(file);
  EXPECT_EQ(TlsContext::of(TlsOptions()), system);
  EXPECT_EQ(TlsContext::of(file), named);
  EXPECT_NE(named, system);
  EXPECT_NE(TlsContext::of(newest), system);
  EXPECT_NE(TlsContext::of(server_.trusted()), named);
  setVariable("SSL_CERT_DIR", path("others"));
  EXPECT_NE(TlsContext::of(TlsOptions()), system);
  EXPECT_EQ(TlsContext::of(file), named);
}

TEST_F(TlsClientOfTheSystem, IsReadAnewAfterAFileHasChanged) {
  write("ca.pem", *server_.trusted().caPem);
  TlsOptions file;
  file.caFile = path("ca.pem");
  const auto before = TlsContext::of(file), beforeOfSystem = TlsContext::of(TlsOptions());
  write("next.pem", *server_.trusted().caPem);
  std::filesystem::rename(path("next.pem"), path("ca.pem"));  // the same size and time as before
  const auto after = TlsContext::of(file);
  EXPECT_NE(after, before);
  EXPECT_NE(TlsContext::of(TlsOptions()), beforeOfSystem);
  EXPECT_EQ(TlsContext::of(file), after);
  const auto beforeFolder = TlsContext::of(TlsOptions());
  std::filesystem::last_write_time(path("certs"), std::filesystem::file_time_type());
  EXPECT_NE(TlsContext::of(TlsOptions()), beforeFolder);
  std::filesystem::remove(path("ca.pem"));
  EXPECT_THROW(TlsContext::of(file), BoxSdkError) << "the context is still in use, but its file is missing now";
}

TEST_F(TlsClientOfTheSystem, GoesWithItsLastUser) {
  write("ca.pem", *server_.trusted().caPem);
  auto first = TlsContext::of(TlsOptions()), second = TlsContext::of(TlsOptions());
  auto other = TlsContext::of(server_.trusted());
  const std::weak_ptr<TlsContext> watched = first;
  first.reset();
  EXPECT_FALSE(watched.expired());
  second.reset();
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(TlsContext::of(server_.trusted()), other);
}

TEST_F(TlsClient, KeepsSessionsWithTheDestinationWhereTheContextIsShared) {
  const auto context = TlsContext::of(server_.trusted());
  ASSERT_EQ(TlsContext::of(server_.trusted()), context);
  TlsSessions anothers;
  for (int i = 0; i < 2; ++i) {
    const Tls mine = tlsTo(*context);
    ASSERT_TRUE(server_.meet(mine.get()));
    EXPECT_EQ(TlsContext::resumed(mine.get()), i != 0);
  }
  const Tls others = context->makeTls("localhost", false, anothers);
  ASSERT_TRUE(server_.meet(others.get()));
  EXPECT_FALSE(TlsContext::resumed(others.get()));
  EXPECT_EQ(SSL_CTX_sess_number(SSL_get_SSL_CTX(others.get())), 0);
}

TEST_F(TlsClientOfTheSystem, IsNotTrustedInPlaceOfAnEmptyAuthority) {
  write("ca.pem", *server_.trusted().caPem);
  TlsOptions text, file;
  text.caPem = "";
  EXPECT_THAT(objectionTo(text), HasSubstr("caPem: the text is empty"));
  file.caFile = "";
  EXPECT_THAT(objectionTo(file), HasSubstr("caFile"));
  EXPECT_EQ(objectionTo(TlsOptions()), "") << "the system's store has certificates";
}

TEST_F(TlsClientOfTheSystem, TrustsNobodyWhereDescriptorsRunOut) {
  write("ca.pem", *server_.trusted().caPem);
  TlsOptions file;
  file.caFile = path("ca.pem");
  const test::NoDescriptors none;
  EXPECT_THAT(objectionTo(file), HasSubstr("caFile"));
  EXPECT_THAT(objectionTo(TlsOptions()), HasSubstr("ca-certificates"));
}

TEST(TlsClientOfAnotherProcess, SaysThatOpenSslIsConfiguredToHaveNoCiphers) {
  if (std::getenv("BOX_TEST_NO_CIPHERS") == nullptr) GTEST_SKIP() << "the next test runs this one in another process";
  try {
    TlsContext context((TlsOptions()));
    ADD_FAILURE() << "a context was made without ciphers";
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("OPENSSL_CONF"));
  }
}

TEST_F(TlsClientOfTheSystem, SaysThatOpenSslIsConfiguredToHaveNoCiphers) {
  // OpenSSL reads its configuration once, so that another process is needed.
  write("openssl.cnf", "openssl_conf = c\n[c]\nproviders = p\n[p]\nlegacy = l\n[l]\nactivate = 1\n");
  const std::string command = "OPENSSL_CONF='" + path("openssl.cnf") +
                              "' BOX_TEST_NO_CIPHERS=1 env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX '" +
                              std::filesystem::read_symlink("/proc/self/exe").string() +
                              "' --gtest_filter='TlsClientOfAnotherProcess.*' >/dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(TlsClientOfTheSystem, WritesNoKeysToAFile) {
  setVariable("SSLKEYLOGFILE", path("keys"));
  TlsContext context(server_.trusted());
  const Tls tls = tlsTo(context);
  ASSERT_TRUE(server_.meet(tls.get()));
  EXPECT_FALSE(std::filesystem::exists(path("keys")));
  EXPECT_EQ(SSL_CTX_get_keylog_callback(SSL_get_SSL_CTX(tls.get())), nullptr);
}

TEST_F(TlsClient, WipesWhatItHasRead) {
  TlsContext context(server_.trusted());
  EXPECT_NE(SSL_get_options(tlsTo(context).get()) & SSL_OP_CLEANSE_PLAINTEXT, 0U);
}

TEST_F(TlsClient, RefusesAnOpenSslOlderThanThePackagerAllows) {
  pretendedVersion = 0x10101100UL;  // 1.1.1
  EXPECT_THAT(objectionTo(server_.trusted()), HasSubstr("OpenSSL"));
  pretendedVersion = 0x30000000UL;
  EXPECT_EQ(objectionTo(server_.trusted()), "");
}

}  // namespace
}  // namespace box
