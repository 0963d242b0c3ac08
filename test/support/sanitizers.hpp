#pragma once

namespace box::test {

/// Whether this is a build with AddressSanitizer (and UndefinedBehaviorSanitizer).
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool underAddressSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool underAddressSanitizer = __has_feature(address_sanitizer);
#else
inline constexpr bool underAddressSanitizer = false;
#endif

/// Whether this is a build with ThreadSanitizer, which kills a forked process that starts a thread.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool underThreadSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool underThreadSanitizer = __has_feature(thread_sanitizer);
#else
inline constexpr bool underThreadSanitizer = false;
#endif

}  // namespace box::test
