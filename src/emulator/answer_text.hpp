#pragma once

#include "box_answers.hpp"
#include "reply_plan.hpp"

#include <chrono>
#include <string>
#include <utility>

/// Converts answers to bytes. Pure functions.
namespace box::inline v0_1::emulator {

/// An answer as bytes, with its header and its framed body kept apart.
struct AnswerText {
  std::string head;
  std::string body;
};

/// `closing`: whether the connection ends after the answer. `toHead`: whether the request was a HEAD.
[[nodiscard]] AnswerText answerText(const BoxAnswer& answer, const ReplyPlan& plan, bool closing, bool toHead,
                                    bool toHttp10, std::chrono::system_clock::time_point time);
/// The bytes to send: interim answers, then the part of the answer that the plan keeps, then what the plan appends.
[[nodiscard]] std::string wireBytes(const AnswerText& text, const ReplyPlan& plan);
[[nodiscard]] std::string interimText(int status);
/// The beginning of an endless answer, and the part that is repeated.
[[nodiscard]] std::pair<std::string, std::string> endlessText(Endless what);

}  // namespace box::inline v0_1::emulator
