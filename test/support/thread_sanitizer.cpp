/// Read by ThreadSanitizer's runtime; without it nobody calls this. It needs llvm-symbolizer to know these names.
///
/// Neither the system's libcrypto nor its C library is instrumented, so that of some of their own synchronisation the
/// sanitizer sees only what it protects, by way of memcpy, memcmp and free:
/// - OpenSSL works out the extensions of a shared certificate once, under a lock, and publishes them by an atomic flag
///   (x509v3_cache_extensions).
/// - A TLS session is shared by the connection that got it and the one that resumes it, and its users are counted
///   atomically: the one copies it (for the next ticket) before it lets go of it, the last to let go frees it.
/// - glibc's getaddrinfo keeps the machine's kinds of addresses under a lock of its own making (__check_pf).
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:ASN1_STRING_set\nrace:OPENSSL_sk_dup\nrace:SSL_SESSION_free\nrace:__check_pf\n";
}
