#pragma once

/// Marks what the emulator's library exports; everything else is built with hidden visibility.
#if defined(BOX_EMULATOR_STATIC)
#define BOX_EMULATOR_API
#else
#define BOX_EMULATOR_API __attribute__((visibility("default")))
#endif
