#pragma once

#include "box_answers.hpp"
#include "reply_plan.hpp"

#include <chrono>
#include <string>
#include <utility>

/// Answers as bytes. Pure functions.
namespace box::emulator {

/// An answer as bytes, its header and its framed body apart.
struct AnswerText {
  std::string head;
  std::string body;
};

/// `closing` says whether the connection ends after it; `toHead` that the request was a HEAD.
[[nodiscard]] AnswerText answerText(const BoxAnswer& answer, const ReplyPlan& plan, bool closing, bool toHead,
                                    bool toHttp10, std::chrono::system_clock::time_point time);
/// What goes out of it: interim answers first, then as much as the plan keeps, then what the plan appends.
[[nodiscard]] std::string wireBytes(const AnswerText& text, const ReplyPlan& plan);
[[nodiscard]] std::string interimText(int status);
/// What an endless answer starts with, and what it repeats.
[[nodiscard]] std::pair<std::string, std::string> endlessText(Endless what);

}  // namespace box::emulator
