/// ThreadSanitizer's runtime calls this function; no other code does. It needs llvm-symbolizer to find the names.
///
/// The system's libcrypto and C library are not instrumented. ThreadSanitizer therefore does not see some of their
/// synchronisation, but it sees their accesses to memory through memcpy, memcmp and free:
/// - OpenSSL computes the extensions of a shared certificate once, under a lock, and publishes them by an atomic flag
///   (x509v3_cache_extensions).
/// - The connection that received a TLS session shares it with the one that resumes it, and counts its users
///   atomically: one copies it (for the next ticket) before it releases it, and the last user frees it.
/// - glibc's getaddrinfo keeps the machine's kinds of addresses under its own lock (__check_pf).
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:ASN1_STRING_set\nrace:OPENSSL_sk_dup\nrace:SSL_SESSION_free\nrace:__check_pf\n";
}
