#pragma once

/// Marks what the library exports; everything else is built with hidden visibility.
#if defined(BOX_SESSIONS_STATIC)
#define BOX_API
#else
#define BOX_API __attribute__((visibility("default")))
#endif
