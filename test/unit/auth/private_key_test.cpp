#include "auth/private_key.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#ifndef _WIN32
#include <malloc.h>
#endif

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "box/error.hpp"
#include "support/keys.hpp"
#include "support/text_codec.hpp"

namespace box {
namespace {

using namespace box::test;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view passphrase = "correct horse \xc3\xa9 battery";

/// The right key was read if a signature by it can be verified with the public key.
void expectTaken(const std::string& pem, std::string_view secret, const KeyPair& pair, const char* what) {
  SCOPED_TRACE(what);
  ERR_clear_error();
  try {
    const PrivateKey key = PrivateKey::fromPem(pem, secret);
    EXPECT_TRUE(verifies(pair, "SHA256", "data", key.sign("data", JwtAlgorithm::RS256)));
  } catch (const BoxSdkError& error) {
    ADD_FAILURE() << error.what();
  }
  EXPECT_EQ(ERR_peek_error(), 0UL) << "OpenSSL's list of errors";
}

/// The text of the refusal, which must contain no secret; empty: the key was accepted.
std::string refusalOfKey(const std::string& pem, std::string_view secret = "") {
  std::string text;
  ERR_clear_error();
  try {
    PrivateKey::fromPem(pem, secret);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    text = error.what();
    EXPECT_THAT(text, StartsWith("JwtConfig::privateKey"));
    if (!secret.empty()) {
      EXPECT_THAT(text, Not(HasSubstr(std::string(secret))));
    }
    for (std::size_t i = 0; i + 12 <= pem.size(); i += 12) {
      const std::string part = pem.substr(i, 12);
      if (part.find("-----") == std::string::npos && part.find("KEY") == std::string::npos) {
        EXPECT_THAT(text, Not(HasSubstr(part)));
      }
    }
  }
  EXPECT_EQ(ERR_peek_error(), 0UL) << "OpenSSL's list of errors";
  return text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Changes a character in the third line, where the modulus is.
std::string damaged(std::string pem) {
  char& c = pem[pem.find('\n', pem.find('\n') + 1) + 10];
  c = c == 'A' ? 'B' : 'A';
  return pem;
}

TEST(PrivateKey, TakesEveryFormInWhichBoxGaveOutKeys) {
  const KeyPair pair = rsaKey();
  expectTaken(pkcs8Pem(pair), "", pair, "PKCS #8");
  expectTaken(traditionalPem(pair), "", pair, "PKCS #1");
  for (const char* cipher : {"AES-128-CBC", "AES-256-CBC", "DES-EDE3-CBC"}) {
    expectTaken(pkcs8Pem(pair, passphrase, cipher), passphrase, pair, cipher);
    expectTaken(traditionalPem(pair, passphrase, cipher), passphrase, pair, cipher);
  }
  expectTaken(pbes1Pem(pair, passphrase, NID_pbe_WithSHA1And3_Key_TripleDES_CBC), passphrase, pair, "PBES1");
}

TEST(PrivateKey, TakesLargerKeys) {
  const KeyPair pair = rsaKey(3072);
  expectTaken(pkcs8Pem(pair, passphrase), passphrase, pair, "3072");
}

TEST(PrivateKey, PassesOverWhatStandsAroundTheKey) {
  const KeyPair pair = rsaKey();
  const std::string pem = pkcs8Pem(pair);
  expectTaken("\n\nBag Attributes\n    friendlyName: box\nKey Attributes: <No Attributes>\n" + pem + "\n\nend\n", "",
              pair, "text");
  expectTaken(replaced(pem, "\n", "\r\n"), "", pair, "line ends of Windows");
  expectTaken(pem.substr(0, pem.size() - 1), "", pair, "no line break at its end");
  expectTaken(certificatePem(pair) + pem, "", pair, "a certificate first");
  expectTaken(pem + certificatePem(pair), "", pair, "a certificate behind");
  expectTaken("C:\\new\\keys\n" + pem, "", pair, "a backslash outside of the block");
}

TEST(PrivateKey, NeedsNoPassphraseWhereItIsNotEncrypted) {
  const KeyPair pair = rsaKey();
  expectTaken(pkcs8Pem(pair), passphrase, pair, "PKCS #8");
  expectTaken(traditionalPem(pair), passphrase, pair, "PKCS #1");
}

TEST(PrivateKey, RefusesAWrongPassphrase) {
  const KeyPair pair = rsaKey();
  const std::string wrong = "JwtConfig::privateKeyPassphrase: it is not the one that the private key is encrypted with";
  for (const std::string& pem :
       {pkcs8Pem(pair, passphrase), traditionalPem(pair, passphrase), traditionalPem(pair, passphrase, "DES-EDE3-CBC"),
        pbes1Pem(pair, passphrase, NID_pbe_WithSHA1And3_Key_TripleDES_CBC)}) {
    // With this number of passphrases some decrypt to a text with valid padding.
    for (int i = 0; i < 600; ++i) {
      const std::string text = refusalOfKey(pem, "not it " + std::to_string(i));
      ASSERT_THAT(text, StartsWith(wrong)) << pem.substr(0, 64) << i;
    }
    EXPECT_THAT(refusalOfKey(pem, std::string(passphrase) + " "), StartsWith(wrong));
    EXPECT_THAT(refusalOfKey(pem, passphrase.substr(1)), StartsWith(wrong));
  }
}

TEST(PrivateKey, RefusesAMissingPassphraseWithoutAskingTheTerminal) {
  const KeyPair pair = rsaKey();
  for (const std::string& pem : {pkcs8Pem(pair, passphrase), traditionalPem(pair, passphrase),
                                 pbes1Pem(pair, passphrase, NID_pbe_WithSHA1And3_Key_TripleDES_CBC)}) {
    EXPECT_THAT(refusalOfKey(pem),
                StartsWith("JwtConfig::privateKeyPassphrase: it is empty, but the private key is encrypted"));
  }
}

TEST(PrivateKey, RefusesAPassphraseThatOpenSslWouldCutOff) {
  const std::string longest(1024, 'x');
  const KeyPair pair = rsaKey();
  expectTaken(traditionalPem(pair, longest), longest, pair, "the longest");
  expectTaken(pkcs8Pem(pair, longest), longest, pair, "the longest");
  EXPECT_THAT(refusalOfKey(pkcs8Pem(pair), longest + "x"),
              HasSubstr("JwtConfig::privateKeyPassphrase: it is longer than 1024 bytes"));
}

TEST(PrivateKey, RefusesOtherKindsOfKeysByName) {
  EXPECT_THAT(refusalOfKey(pkcs8Pem(keyOf("EC"))),
              HasSubstr("an elliptic curve (EC) key; Box accepts plain RSA keys only"));
  EXPECT_THAT(refusalOfKey(traditionalPem(keyOf("EC"))), HasSubstr("an elliptic curve (EC) key"));
  EXPECT_THAT(refusalOfKey(pkcs8Pem(keyOf("EC"), passphrase), passphrase), HasSubstr("an elliptic curve (EC) key"));
  EXPECT_THAT(refusalOfKey(pkcs8Pem(keyOf("ED25519"))), HasSubstr("ED25519"));
  EXPECT_THAT(refusalOfKey(pkcs8Pem(keyOf("X25519"))), HasSubstr("X25519"));
  EXPECT_THAT(refusalOfKey(pkcs8Pem(keyOf("RSA-PSS"))), HasSubstr("an RSA-PSS key"));
  EXPECT_THAT(refusalOfKey("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" +
                           traditionalPem(keyOf("EC"))),
              HasSubstr("an elliptic curve (EC) key"));
  EXPECT_THAT(refusalOfKey(replaced(traditionalPem(rsaKey()), "RSA PRIVATE", "DSA PRIVATE")), HasSubstr("a DSA key"));
  EXPECT_THAT(refusalOfKey(replaced(traditionalPem(rsaKey()), "RSA PRIVATE", "OPENSSH PRIVATE")),
              HasSubstr("ssh-keygen"));
  EXPECT_THAT(refusalOfKey(replaced(traditionalPem(rsaKey()), "RSA PRIVATE", "ANY")),
              HasSubstr("its PEM block is not PRIVATE KEY"));
}

TEST(PrivateKey, RefusesThePublicHalf) {
  EXPECT_THAT(refusalOfKey(publicPem(rsaKey())), HasSubstr("it is a public key; the private key"));
  EXPECT_THAT(refusalOfKey(certificatePem(rsaKey())), HasSubstr("it is a certificate; the private key"));
}

TEST(PrivateKey, RefusesWeakKeys) {
  for (const int bits : {1024, 2047}) {
    for (const std::string& pem : {pkcs8Pem(rsaKey(bits)), traditionalPem(rsaKey(bits))}) {
      EXPECT_THAT(refusalOfKey(pem), HasSubstr("it has " + std::to_string(bits) + " bits"));
    }
  }
}

TEST(PrivateKey, RefusesWhatIsNoPem) {
  EXPECT_THAT(refusalOfKey(""), HasSubstr("it is empty"));
  for (const char* text :
       {"/etc/box/key.pem", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "-----", "\n", "BEGIN PRIVATE KEY"}) {
    EXPECT_THAT(refusalOfKey(text), HasSubstr("it is not PEM text")) << text;
  }
  const std::string pem = pkcs8Pem(rsaKey());
  for (const std::string& text :
       {pem.substr(0, pem.size() / 2), pem.substr(0, pem.find("-----END")), std::string("-----BEGIN PRIVATE KEY-----"),
        replaced(pem, "END PRIVATE", "END PUBLIC"), replaced(pem, "MII", "M?I")}) {
    EXPECT_THAT(refusalOfKey(text), HasSubstr("its PEM block is incomplete")) << text.size();
  }
}

TEST(PrivateKey, SaysSoWhereTheLineBreaksAreStillEscaped) {
  const std::string pem = pkcs8Pem(rsaKey());
  EXPECT_THAT(refusalOfKey(replaced(pem, "\n", "\\n")), HasSubstr("turn each \\n into a line break"));
  EXPECT_THAT(refusalOfKey(replaced(pem, "\n", "\\r\\n")), HasSubstr("turn each \\n into a line break"));
  EXPECT_THAT(refusalOfKey(replaced(traditionalPem(rsaKey(), passphrase), "\n", "\\n"), passphrase),
              HasSubstr("line break"));
}

TEST(PrivateKey, RefusesDamagedKeys) {
  const KeyPair pair = rsaKey();
  const auto block = [](std::string_view label, std::string_view content) {
    return "-----BEGIN " + std::string(label) + "-----\n" + std::string(content) + "\n-----END " + std::string(label) +
           "-----\n";
  };
  for (const char* label : {"PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
    EXPECT_THAT(refusalOfKey(block(label, "AAAA"), "a passphrase"), HasSubstr("it is damaged")) << label;
    EXPECT_THAT(refusalOfKey(block(label, "MIIBAAAA"), "a passphrase"), HasSubstr("it is damaged")) << label;
  }
  // The key is well-formed, but has another modulus: only a signature shows that.
  EXPECT_THAT(refusalOfKey(damaged(pkcs8Pem(pair))), HasSubstr("it is damaged"));
  EXPECT_THAT(refusalOfKey(damaged(traditionalPem(pair))), HasSubstr("it is damaged"));
  // PKCS #8 where the heading says PKCS #1, and the reverse.
  EXPECT_THAT(refusalOfKey(replaced(pkcs8Pem(pair), "PRIVATE", "RSA PRIVATE")), HasSubstr("it is damaged"));
  EXPECT_THAT(refusalOfKey(replaced(traditionalPem(pair), "RSA PRIVATE", "PRIVATE")), HasSubstr("it is damaged"));
  const std::string inside = replaced(pkcs8Pem(pair, passphrase), "ENCRYPTED PRIVATE", "RSA PRIVATE");
  EXPECT_THAT(refusalOfKey(inside, passphrase), HasSubstr("it is damaged"));
  EXPECT_THAT(refusalOfKey(replaced(inside, "RSA PRIVATE", "PRIVATE"), passphrase), HasSubstr("it is damaged"));
}

TEST(PrivateKey, SaysSoWhereTheEncryptionIsUnknown) {
  const std::string pem = traditionalPem(rsaKey(), passphrase);
  EXPECT_THAT(refusalOfKey(replaced(pem, "AES-256-CBC", "ROT-13-CBC"), passphrase),
              HasSubstr("in a way that this OpenSSL does not offer"));
  EXPECT_THAT(refusalOfKey(replaced(pem, "4,ENCRYPTED", "4,MIC-ONLY"), passphrase),
              HasSubstr("in a way that this OpenSSL does not offer"));
  // Single DES: OpenSSL knows the name, but only the "legacy" provider offers it.
  const std::string single = replaced(traditionalPem(rsaKey(), passphrase, "DES-EDE3-CBC"), "DES-EDE3-CBC", "DES-CBC");
  EXPECT_THAT(refusalOfKey(single, passphrase), HasSubstr("in a way that this OpenSSL does not offer"));
  // The parameters (a salt and an iteration count) are valid, but no algorithm 1.2.840.113549.1.5.99 exists.
  const std::string unknown =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC8wGwYJKoZIhvcNAQVjMA4ECAECAwQFBgcIAgIIAAQQAAECAwQFBgcICQoLDA0O\nDw==\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_THAT(refusalOfKey(unknown, passphrase), HasSubstr("in a way that this OpenSSL does not offer"));
}

TEST(PrivateKey, DoesNotHashAPassphraseForHours) {
  // Costs of 2^31 - 1 iterations of PBES1 with SHA-1 and 3DES, the same of PBES2 with PBKDF2, and scrypt with N =
  // 16384, r = 8, p = 2^20.
  for (const char* content : {"MCswHgYKKoZIhvcNAQwBAzAQBAgBAgMEBQYHCAIEf////wQJAAECAwQFBgcI",
                              "MF8wSwYJKoZIhvcNAQUNMD4wHQYJKoZIhvcNAQUMMBAECAECAwQFBgcIAgR/////"
                              "\nMB0GCWCGSAFlAwQBKgQQAAECAwQFBgcICQoLDA0ODwQQAAECAwQFBgcICQoLDA0O\nDw==",
                              "MGUwUQYJKoZIhvcNAQUNMEQwIwYJKwYBBAHaRwQLMBYECAECAwQFBgcIAgJAAAIB\nCAIDEAAAMB0GCWCGSAFlAw"
                              "QBKgQQAAECAwQFBgcICQoLDA0ODwQQAAECAwQFBgcI\nCQoLDA0ODw=="}) {
    const std::string pem =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + std::string(content) + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    EXPECT_THAT(refusalOfKey(pem, passphrase), HasSubstr("asks for more than 10000000 iterations")) << content;
  }
}

/// The DER encoding of a value, with a content of fewer than 128 bytes.
std::string der(unsigned char tag, const std::string& content) {
  EXPECT_LT(content.size(), 128U);
  return std::string{static_cast<char>(tag), static_cast<char>(content.size())} + content;
}
std::string derSequence(const std::string& content) { return der(0x30, content); }
std::string derNumber(std::uint64_t number) {
  std::string bytes;
  for (; number != 0 || bytes.empty(); number >>= 8U) bytes.insert(bytes.begin(), static_cast<char>(number & 0xffU));
  if ((static_cast<unsigned char>(bytes.front()) & 0x80U) != 0) bytes.insert(bytes.begin(), '\0');
  return der(0x02, bytes);
}
std::string derOid(std::string_view bytes) { return der(0x06, std::string(bytes)); }

const std::string derSalt = der(0x04, "saltsalt");

/// A key that says of itself that it is encrypted in this way. No key can be decrypted from it, because the bytes that
/// would be the key are not.
std::string encryptedAs(const std::string& algorithm) {
  return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" +
         base64(derSequence(derSequence(algorithm) + der(0x04, "0123456789abcdef"))) +
         "\n-----END ENCRYPTED PRIVATE KEY-----\n";
}
/// With PBES2, AES-256-CBC, and this way to make a key from the passphrase.
std::string encryptedWith(const std::string& derivation) {
  const std::string cipher = derOid("\x60\x86\x48\x01\x65\x03\x04\x01\x2a") + der(0x04, "0123456789abcdef");
  return encryptedAs(derOid("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d") +
                     derSequence(derSequence(derivation) + derSequence(cipher)));
}

// The algorithms that these keys name do not exist, or cannot have these parameters, so that nothing is hashed where
// the number of iterations is allowed.
TEST(PrivateKey, MayAskForTenMillionIterationsAndNoMore) {
  const std::string pbkdf2 = derOid("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c");
  const std::string unknownPrf = derSequence(derOid("\x2a\x86\x48\x86\xf7\x0d\x02\x63"));
  for (const std::uint64_t count : {10'000'000ULL, 10'000'001ULL, 1ULL << 63U}) {
    const std::string number = derNumber(count);
    for (const std::string& pem :
         {encryptedAs(derOid("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x63") + derSequence(derSalt + number)),
          encryptedWith(pbkdf2 + derSequence(derSalt + number + unknownPrf))}) {
      EXPECT_THAT(refusalOfKey(pem, passphrase),
                  HasSubstr(count == 10'000'000 ? "in a way that this OpenSSL does not offer"
                                                : "asks for more than 10000000 iterations"))
          << count;
    }
  }
}

TEST(PrivateKey, AsksForAsManyIterationsOfScryptAsItsParametersTogether) {
  const struct {
    std::uint64_t cost, blockSize, parallel;
    bool allowed;
  } rows[] = {{10'000'000, 1, 1, true},  {10'000'001, 1, 1, false}, {1, 10'000'000, 1, true},
              {1, 10'000'001, 1, false}, {1, 1, 10'000'001, false}, {2, 1, 5'000'000, true},
              {2, 1, 5'000'001, false},  {4'000, 4'000, 1, false},  {10'000'000, 10'000'000, 10'000'000, false},
              {1ULL << 63U, 1, 1, false}};
  for (const auto& row : rows) {
    const std::string numbers = derNumber(row.cost) + derNumber(row.blockSize) + derNumber(row.parallel);
    const std::string scrypt = derOid("\x2b\x06\x01\x04\x01\xda\x47\x04\x0b") + derSequence(derSalt + numbers);
    EXPECT_THAT(refusalOfKey(encryptedWith(scrypt), passphrase),
                HasSubstr(row.allowed ? "in a way that this OpenSSL does not offer" : "asks for more than 10000000"))
        << row.cost << " " << row.blockSize << " " << row.parallel;
  }
}

#ifndef _WIN32
// A sanitizer's heap is not seen here.
TEST(PrivateKey, LeavesNothingOnTheHeap) {
  const std::string pem = pkcs8Pem(keyOf("EC")) + certificatePem(rsaKey());
  const auto heapInUse = [] {
    const struct mallinfo2 info = ::mallinfo2();
    return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
  };
  refusalOfKey(pem);
  const std::int64_t before = heapInUse();
  for (int i = 0; i < 300; ++i) refusalOfKey(pem);
  EXPECT_LE(heapInUse() - before, 20'000);
}
#endif

TEST(PrivateKey, RefusesWhatIsLargerThan64KiB) {
  const KeyPair pair = rsaKey();
  const std::string pem = pkcs8Pem(pair);
  const std::string padding(64 * 1024 - pem.size(), '\n');
  expectTaken(padding + pem, "", pair, "64 KiB");
  EXPECT_THAT(refusalOfKey(padding + "\n" + pem), HasSubstr("it is larger than 64 KiB"));
}

TEST(PrivateKey, TakesNoByteOfItselfForAnEnd) {
  std::string pem = pkcs8Pem(rsaKey());
  pem[pem.size() / 2] = '\0';
  EXPECT_NE(refusalOfKey(pem), "");
}

TEST(PrivateKey, LeavesOthersErrorsOnOpenSslsList) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 42);
  const unsigned long theirs = ERR_peek_last_error();
  EXPECT_THROW(PrivateKey::fromPem(pkcs8Pem(rsaKey(), passphrase), "wrong"), BoxSdkError);
  EXPECT_EQ(ERR_peek_last_error(), theirs);
  const PrivateKey key = PrivateKey::fromPem(pkcs8Pem(rsaKey(), passphrase), passphrase);
  key.sign("data", JwtAlgorithm::RS256);
  EXPECT_EQ(ERR_get_error(), theirs);
  EXPECT_EQ(ERR_get_error(), 0UL);
}

TEST(PrivateKey, SignsWithEachDigest) {
  const KeyPair pair = rsaKey();
  const PrivateKey key = PrivateKey::fromPem(pkcs8Pem(pair), "");
  const struct {
    JwtAlgorithm algorithm;
    const char* digest;
  } all[] = {{JwtAlgorithm::RS256, "SHA256"}, {JwtAlgorithm::RS384, "SHA384"}, {JwtAlgorithm::RS512, "SHA512"}};
  for (const auto& [algorithm, digest] : all) {
    for (const std::string& data : {std::string("data"), std::string(), std::string(100'000, '\0')}) {
      const std::string signature = key.sign(data, algorithm);
      EXPECT_EQ(signature.size(), 256U);
      EXPECT_EQ(key.sign(data, algorithm), signature) << "PKCS #1 v1.5 signs alike each time";
      for (const auto& other : all) {
        EXPECT_EQ(verifies(pair, other.digest, data, signature), other.algorithm == algorithm)
            << digest << other.digest;
      }
      EXPECT_FALSE(verifies(pair, digest, data + "x", signature));
      EXPECT_FALSE(verifies(otherRsaKey(), digest, data, signature));
    }
  }
}

TEST(PrivateKey, SignsOnSeveralThreadsAtOnce) {
  const KeyPair pair = rsaKey();
  const PrivateKey key = PrivateKey::fromPem(traditionalPem(pair), "");
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::size_t i = 0; i < good.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 25; ++n) {
        const std::string data = std::to_string(i) + "/" + std::to_string(n);
        if (verifies(pair, "SHA256", data, key.sign(data, JwtAlgorithm::RS256))) ++good[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(good, testing::Each(25));
}

TEST(PrivateKey, IsSharedByItsCopies) {
  const KeyPair pair = rsaKey();
  std::vector<PrivateKey> keys;
  {
    const PrivateKey key = PrivateKey::fromPem(pkcs8Pem(pair), "");
    keys.push_back(key);
  }
  EXPECT_TRUE(verifies(pair, "SHA256", "data", keys[0].sign("data", JwtAlgorithm::RS256)));
}

}  // namespace
}  // namespace box
