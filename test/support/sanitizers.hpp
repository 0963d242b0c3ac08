#pragma once

namespace box::test {

/// Built with AddressSanitizer (and UndefinedBehaviorSanitizer).
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool underAddressSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool underAddressSanitizer = __has_feature(address_sanitizer);
#else
inline constexpr bool underAddressSanitizer = false;
#endif

}  // namespace box::test
