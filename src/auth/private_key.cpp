#include "auth/private_key.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::size_t largestText = 64 * 1024;
constexpr std::size_t longestPassphrase = PEM_BUFSIZE;  // OpenSSL would truncate a longer one
constexpr int smallestKey = 2048;
constexpr int largestKey = 16384;  // OpenSSL's limit for public keys; with a larger key a signature takes seconds
/// Usual counts are below a million; a count of 2^31 would block the constructor for an hour.
constexpr std::int64_t mostIterations = 10'000'000;

constexpr std::string_view regenerate = "generate a new key pair in Box's developer console";

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const noexcept { Free(object); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyInfo = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using EncryptedKeyInfo = Owned<X509_SIG, X509_SIG_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

[[noreturn]] void refuseKey(std::string_view reason) {
  throw BoxSdkError(Errc::invalidConfiguration, "JwtConfig::privateKey: " + std::string(reason));
}

[[noreturn]] void refusePassphrase(std::string_view reason) {
  throw BoxSdkError(Errc::invalidConfiguration, "JwtConfig::privateKeyPassphrase: " + std::string(reason));
}

[[noreturn]] void refuseDamaged() {
  refuseKey("it is damaged: the text between its PEM lines is not a key; copy the file again");
}

[[noreturn]] void refuseUnknownEncryption() {
  refuseKey(
      "it is encrypted in a way that this OpenSSL does not offer; encrypt it anew with openssl pkcs8 -topk8 -v2 "
      "aes-256-cbc");
}

[[noreturn]] void refuseForLackOfMemory() {
  throw BoxSdkError(Errc::localResource, "JwtConfig::privateKey: OpenSSL has no memory for it");
}

/// Removes the errors that OpenSSL adds to the thread's list while this object exists. Earlier errors stay.
class ErrorsOfOpenSsl {
 public:
  ErrorsOfOpenSsl() noexcept { ERR_set_mark(); }
  ~ErrorsOfOpenSsl() { ERR_pop_to_mark(); }
  ErrorsOfOpenSsl(const ErrorsOfOpenSsl&) = delete;
  ErrorsOfOpenSsl& operator=(const ErrorsOfOpenSsl&) = delete;
};

/// The callback that gives OpenSSL the passphrase. OpenSSL's own callback must not be used, because it asks at the
/// terminal.
int givePassphrase(char* buffer, int size, int, void* secret) {
  const std::string_view text = static_cast<const Secret*>(secret)->reveal();
  if (size < 0 || text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

/// One PEM block of the text: its label, its header lines of RFC 1423 if it has any, and its bytes. It is wiped when it
/// is destroyed.
class Block {
 public:
  Block() = default;
  ~Block() { clear(); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  /// Reads the next block. False: there is no further block.
  bool read(BIO* text) {
    clear();
    if (PEM_read_bio_ex(text, &label_, &header_, &bytes_, &size_, flags) != 1) return false;
    room_ = size_;
    return true;
  }

  /// Decrypts the bytes in place, as RFC 1423 defines it. False: they cannot be decrypted.
  bool decrypt(EVP_CIPHER_INFO& cipher, const Secret& passphrase) {
    return PEM_do_header(&cipher, bytes_, &size_, &givePassphrase, const_cast<Secret*>(&passphrase)) == 1;
  }

  std::string_view label() const noexcept { return label_; }
  char* header() noexcept { return header_; }
  const unsigned char* bytes() const noexcept { return bytes_; }
  long size() const noexcept { return size_; }

 private:
  // SECURE makes OpenSSL wipe memory before it is freed; if there is no secure heap, the ordinary heap is used.
  static constexpr unsigned flags = PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE;

  void clear() noexcept {
    OPENSSL_secure_clear_free(label_, label_ != nullptr ? std::strlen(label_) : 0);
    OPENSSL_secure_clear_free(header_, header_ != nullptr ? std::strlen(header_) : 0);
    OPENSSL_secure_clear_free(bytes_, static_cast<std::size_t>(room_));
    label_ = header_ = nullptr;
    bytes_ = nullptr;
    size_ = room_ = 0;
  }

  char* label_ = nullptr;
  char* header_ = nullptr;
  unsigned char* bytes_ = nullptr;
  long size_ = 0;
  long room_ = 0;  // the size before the decryption, which removes the padding
};

void requirePassphrase(const Secret& passphrase) {
  if (passphrase.empty()) {
    refusePassphrase(
        "it is empty, but the private key is encrypted (Box's file has it as boxAppSettings.appAuth.passphrase)");
  }
}

[[noreturn]] void refuseWrongPassphrase() {
  refusePassphrase("it is not the one that the private key is encrypted with");
}

/// The name of an algorithm, for errors. The text comes from here or from OpenSSL, never from the key.
std::string nameOfAlgorithm(const ASN1_OBJECT* algorithm) {
  switch (OBJ_obj2nid(algorithm)) {
    case NID_X9_62_id_ecPublicKey: return "an elliptic curve (EC) key";
    case NID_rsassaPss: return "an RSA-PSS key";
    case NID_rsaesOaep: return "an RSA-OAEP key";
    case NID_dsa: return "a DSA key";
    case NID_undef: return "a key of an unknown algorithm";
    default: return "a key for " + std::string(OBJ_nid2sn(OBJ_obj2nid(algorithm)));
  }
}

[[noreturn]] void refuseAlgorithm(const std::string& name) {
  refuseKey("it is " + name + "; Box accepts plain RSA keys only: " + std::string(regenerate));
}

/// The key in a decrypted PKCS #8 block.
Key keyOf(const KeyInfo& info) {
  const ASN1_OBJECT* algorithm = nullptr;
  if (PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, info.get()) != 1) refuseDamaged();
  if (OBJ_obj2nid(algorithm) != NID_rsaEncryption) refuseAlgorithm(nameOfAlgorithm(algorithm));
  return Key(EVP_PKCS82PKEY(info.get()));
}

Key fromPkcs8(const Block& block) {
  const unsigned char* at = block.bytes();
  const KeyInfo info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, block.size()));
  if (!info) refuseDamaged();
  return keyOf(info);
}

template <class T, void (*Free)(T*)>
Owned<T, Free> unpacked(const ASN1_ITEM* item, const ASN1_TYPE* type) {
  return Owned<T, Free>(static_cast<T*>(ASN1_TYPE_unpack_sequence(item, type)));
}

std::int64_t valueOf(const ASN1_INTEGER* number) noexcept {
  std::int64_t value = 0;
  return number != nullptr && ASN1_INTEGER_get_int64(&value, number) == 1 ? value : INT64_MAX;
}

/// How many times the passphrase must be hashed; 0 if that is not known. Malformed input is reported by the decryption.
std::int64_t iterationsOf(const X509_ALGOR* encryption) {
  const ASN1_OBJECT* algorithm = nullptr;
  int type = 0;
  const void* parameters = nullptr;
  X509_ALGOR_get0(&algorithm, &type, &parameters, encryption);
  if (type != V_ASN1_SEQUENCE) return 0;
  if (OBJ_obj2nid(algorithm) != NID_pbes2) {
    const auto pbe = unpacked<PBEPARAM, PBEPARAM_free>(ASN1_ITEM_rptr(PBEPARAM), encryption->parameter);
    return pbe ? valueOf(pbe->iter) : 0;
  }
  const auto pbes2 = unpacked<PBE2PARAM, PBE2PARAM_free>(ASN1_ITEM_rptr(PBE2PARAM), encryption->parameter);
  if (!pbes2 || pbes2->keyfunc->parameter == nullptr) return 0;
  const ASN1_TYPE* const of = pbes2->keyfunc->parameter;
  switch (OBJ_obj2nid(pbes2->keyfunc->algorithm)) {
    case NID_id_pbkdf2: {
      const auto pbkdf2 = unpacked<PBKDF2PARAM, PBKDF2PARAM_free>(ASN1_ITEM_rptr(PBKDF2PARAM), of);
      return pbkdf2 ? valueOf(pbkdf2->iter) : 0;
    }
    case NID_id_scrypt: {
      const auto scrypt = unpacked<SCRYPT_PARAMS, SCRYPT_PARAMS_free>(ASN1_ITEM_rptr(SCRYPT_PARAMS), of);
      if (!scrypt) return 0;
      std::int64_t product = 1;
      for (const ASN1_INTEGER* factor : {scrypt->costParameter, scrypt->blockSize, scrypt->parallelizationParameter}) {
        const std::int64_t value = valueOf(factor);
        if (value < 1) return 0;
        if (value > mostIterations || product > mostIterations) return INT64_MAX;
        product *= value;
      }
      return product;
    }
    default: return 0;
  }
}

/// Whether an error of PKCS8_decrypt() means that the result of the decryption is not a key.
bool tellsOfWrongPassphrase(unsigned long error) noexcept {
  const int reason = ERR_GET_REASON(error);
  return ERR_GET_LIB(error) == ERR_LIB_PKCS12 &&
         (reason == PKCS12_R_PKCS12_CIPHERFINAL_ERROR || reason == PKCS12_R_DECODE_ERROR);
}

Key fromEncryptedPkcs8(const Block& block, const Secret& passphrase) {
  const unsigned char* at = block.bytes();
  const EncryptedKeyInfo encrypted(d2i_X509_SIG(nullptr, &at, block.size()));
  if (!encrypted) refuseDamaged();
  requirePassphrase(passphrase);
  const X509_ALGOR* encryption = nullptr;
  X509_SIG_get0(encrypted.get(), &encryption, nullptr);
  if (iterationsOf(encryption) > mostIterations) {
    refuseKey("its encryption asks for more than " + std::to_string(mostIterations) +
              " iterations; encrypt it anew with " + "openssl pkcs8 -topk8");
  }
  const std::string_view text = passphrase.reveal();
  const KeyInfo info(PKCS8_decrypt(encrypted.get(), text.data(), static_cast<int>(text.size())));
  if (!info) {
    if (tellsOfWrongPassphrase(ERR_peek_last_error())) refuseWrongPassphrase();
    refuseUnknownEncryption();
  }
  return keyOf(info);
}

Key fromPkcs1(Block& block, const Secret& passphrase) {
  EVP_CIPHER_INFO cipher{};
  if (PEM_get_EVP_CIPHER_INFO(block.header(), &cipher) != 1) refuseUnknownEncryption();
  const bool encrypted = cipher.cipher != nullptr;
  if (encrypted) {
    // OpenSSL may know the name of a cipher without having the cipher. Single DES, for example, is in the provider
    // "legacy".
    const Owned<EVP_CIPHER, EVP_CIPHER_free> there(
        EVP_CIPHER_fetch(nullptr, EVP_CIPHER_get0_name(cipher.cipher), nullptr));
    if (!there) refuseUnknownEncryption();
    requirePassphrase(passphrase);
    if (!block.decrypt(cipher, passphrase)) refuseWrongPassphrase();
  }
  // The bytes are put into PKCS #8, so that OpenSSL reads them as PKCS #1 and in no other format.
  const auto size = static_cast<std::size_t>(block.size());
  const KeyInfo info(PKCS8_PRIV_KEY_INFO_new());
  void* const copy = OPENSSL_memdup(block.bytes(), size);
  if (!info || copy == nullptr ||
      PKCS8_pkey_set0(info.get(), OBJ_nid2obj(NID_rsaEncryption), 0, V_ASN1_NULL, nullptr,
                      static_cast<unsigned char*>(copy), static_cast<int>(size)) != 1) {
    OPENSSL_clear_free(copy, size);
    refuseForLackOfMemory();
  }
  Key key = keyOf(info);
  // With one wrong passphrase in 256, the decrypted text happens to have valid padding.
  if (encrypted && !key) refuseWrongPassphrase();
  return key;
}

/// Reports why a text that has PEM blocks has no usable private key. `label`: the label of the first block.
[[noreturn]] void refuseLabel(std::string_view label) {
  if (label.ends_with("CERTIFICATE")) refuseKey("it is a certificate; the private key that belongs to it is needed");
  if (label.ends_with("PUBLIC KEY")) refuseKey("it is a public key; the private key that belongs to it is needed");
  if (label == "EC PRIVATE KEY" || label == "EC PARAMETERS") refuseAlgorithm("an elliptic curve (EC) key");
  if (label == "DSA PRIVATE KEY" || label == "DSA PARAMETERS") refuseAlgorithm("a DSA key");
  if (label == "OPENSSH PRIVATE KEY") {
    refuseKey("it is in OpenSSH's own format; convert a copy of it with ssh-keygen -p -m PKCS8 -f COPY");
  }
  refuseKey("its PEM block is not PRIVATE KEY, ENCRYPTED PRIVATE KEY or RSA PRIVATE KEY");
}

void checkText(std::string_view text) {
  constexpr std::string_view opening = "-----BEGIN ";
  if (text.empty()) refuseKey("it is empty");
  if (text.size() > largestText) refuseKey("it is larger than 64 KiB, which is too large for a key");
  const std::size_t begin = text.find(opening);
  if (begin == std::string_view::npos) {
    refuseKey("it is not PEM text (no line begins with -----BEGIN); it must be the key itself, not the name of a file");
  }
  const std::string_view rest = text.substr(begin);
  const std::string_view block = rest.substr(0, std::min(rest.find("-----END "), rest.size()));
  if (block.find('\\') != std::string_view::npos) {
    refuseKey(
        "it has a backslash with an n where a line should end, as happens to a key in an environment variable or in "
        "JSON; "
        "turn each \\n into a line break");
  }
}

Key parse(std::string_view text, const Secret& passphrase) {
  const Owned<BIO, BIO_free_all> source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!source) refuseForLackOfMemory();
  std::string first;
  Block block;
  while (block.read(source.get())) {
    const std::string_view label = block.label();
    if (label == PEM_STRING_PKCS8INF) return fromPkcs8(block);
    if (label == PEM_STRING_PKCS8) return fromEncryptedPkcs8(block, passphrase);
    if (label == PEM_STRING_RSA) return fromPkcs1(block, passphrase);
    if (first.empty()) first = label;
  }
  if (!first.empty()) refuseLabel(first);
  refuseKey("its PEM block is incomplete or was changed: check that it ends with the line -----END ...-----");
}

const EVP_MD* digestOf(JwtAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case JwtAlgorithm::RS256: return EVP_sha256();
    case JwtAlgorithm::RS384: return EVP_sha384();
    case JwtAlgorithm::RS512: return EVP_sha512();
  }
  return nullptr;
}

const unsigned char* bytesOf(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// The signature of the data; empty: the signing failed.
std::string signature(EVP_PKEY* key, std::string_view data, JwtAlgorithm algorithm) {
  const EVP_MD* const digest = digestOf(algorithm);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the context
  std::size_t size = 0;
  if (digest == nullptr || !context || EVP_DigestSignInit(context.get(), &parameters, digest, nullptr, key) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytesOf(data), data.size()) != 1) {
    return {};
  }
  std::string bytes(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size, bytesOf(data),
                     data.size()) != 1) {
    return {};
  }
  bytes.resize(size);
  return bytes;
}

bool verifies(EVP_PKEY* key, std::string_view data, std::string_view bytes) {
  const DigestContext context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytesOf(bytes), bytes.size(), bytesOf(data), data.size()) == 1;
}

void checkKey(EVP_PKEY* key) {
  if (key == nullptr) refuseDamaged();
  if (EVP_PKEY_is_a(key, "RSA") != 1) refuseAlgorithm("not an RSA key");
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < smallestKey) {
    refuseKey("it has " + std::to_string(bits) +
              " bits, and RSA keys below 2048 bits are not safe: " + std::string(regenerate));
  }
  if (bits > largestKey) refuseKey("it has more than " + std::to_string(largestKey) + " bits");
  // With a key whose numbers do not fit together, Box would refuse the signatures without giving the reason.
  constexpr std::string_view trial = "box-sessions";
  const std::string bytes = signature(key, trial, JwtAlgorithm::RS256);
  if (bytes.empty() || !verifies(key, trial, bytes)) refuseDamaged();
}

}  // namespace

PrivateKey PrivateKey::fromPem(const Secret& pem, const Secret& passphrase) {
  const std::string_view text = pem.reveal();
  checkText(text);
  if (passphrase.size() > longestPassphrase) {
    refusePassphrase("it is longer than " + std::to_string(longestPassphrase) + " bytes");
  }
  const ErrorsOfOpenSsl errors;
  Key key = parse(text, passphrase);
  checkKey(key.get());
  return PrivateKey(std::shared_ptr<void>(key.release(), [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); }));
}

std::string PrivateKey::sign(std::string_view data, JwtAlgorithm algorithm) const {
  const ErrorsOfOpenSsl errors;
  std::string bytes = signature(static_cast<EVP_PKEY*>(key_.get()), data, algorithm);
  if (bytes.empty()) throw BoxSdkError(Errc::localResource, "OpenSSL cannot sign with JwtConfig::privateKey");
  return bytes;
}

}  // namespace box::inline v0_1
