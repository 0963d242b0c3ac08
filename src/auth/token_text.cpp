#include "auth/token_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/static_resource.hpp>

#include "box/error.hpp"
#include "support/text_encoding.hpp"
#include "support/wipe.hpp"
#include "support/time_text.hpp"

namespace box::inline v0_1 {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

/// Enough for two tokens of 8 KiB, which is the longest that an AccessToken accepts, and for the other members. A text
/// that needs more is not that of a token.
constexpr std::size_t memoryForParsing = 32UL * 1024;

json::string_view view(const Secret& secret) { return {secret.reveal().data(), secret.size()}; }

std::optional<Secret> secretOf(const json::value& value) {
  const json::string* text = value.if_string();
  if (text == nullptr || text->empty()) return std::nullopt;
  return Secret(std::string_view(text->data(), text->size()));
}

/// A part of a binding. It must be printable ASCII.
std::optional<std::string> partOf(const json::value& value) {
  const json::string* text = value.if_string();
  const auto isPrintable = [](char c) { return c >= ' ' && c < 0x7f; };
  if (text == nullptr || text->empty() || !std::all_of(text->begin(), text->end(), isPrintable)) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::shared_ptr<const AccessToken> tokenOf(const json::object& object) {
  Secret access, refresh;
  std::optional<AccessToken::TimePoint> expiresAt;
  TokenBinding binding;
  for (const json::key_value_pair& member : object) {
    if (member.key() == "access_token") {
      std::optional<Secret> text = secretOf(member.value());
      if (!text) return nullptr;
      access = std::move(*text);
    } else if (member.key() == "refresh_token") {
      std::optional<Secret> text = secretOf(member.value());
      if (!text) return nullptr;
      refresh = std::move(*text);
    } else if (member.key() == "expires_at") {
      const std::int64_t* time = member.value().if_int64();
      if (time == nullptr || *time < 0 || *time > latestTime.count()) return nullptr;
      expiresAt = AccessToken::TimePoint(seconds(*time));
    } else {
      std::string* const part = member.key() == "base_url"    ? &binding.baseUrl
                                : member.key() == "client_id" ? &binding.clientId
                                : member.key() == "subject"   ? &binding.subject
                                                              : nullptr;
      const std::optional<std::string> text = partOf(member.value());
      if (part == nullptr || !text) return nullptr;
      *part = *text;
    }
  }
  try {
    const AccessToken token(std::move(access), expiresAt, std::move(refresh));
    return std::make_shared<const AccessToken>(token.withBinding(std::move(binding)));
  } catch (const BoxSdkError&) {
    return nullptr;  // a token has invalid characters
  }
}

}  // namespace

Secret encodeToken(const AccessToken& token) {
  const TokenBinding& binding = token.binding();
  // In JSON a character of a binding needs at most six characters, and a character of a token only one.
  const std::size_t size = 512 + token.value().size() + token.refreshToken().size() +
                           6 * (binding.baseUrl.size() + binding.clientId.size() + binding.subject.size());
  WipedRoom memory(2 * size), text(size);
  json::static_resource resource(memory.data(), memory.size());
  json::object object(&resource);
  object.reserve(6);
  object.emplace("access_token", view(token.value()));
  if (token.expiresAt()) {
    const std::int64_t time = std::chrono::floor<seconds>(*token.expiresAt()).time_since_epoch().count();
    object.emplace("expires_at", std::clamp<std::int64_t>(time, 0, latestTime.count()));
  }
  if (!token.refreshToken().empty()) object.emplace("refresh_token", view(token.refreshToken()));
  if (!binding.baseUrl.empty()) object.emplace("base_url", json::string_view(binding.baseUrl));
  if (!binding.clientId.empty()) object.emplace("client_id", json::string_view(binding.clientId));
  if (!binding.subject.empty()) object.emplace("subject", json::string_view(binding.subject));

  json::serializer serializer;
  serializer.reset(&object);
  const json::string_view written = serializer.read(text.chars(), text.size());
  if (!serializer.done()) throw std::bad_alloc();
  return Secret(std::string_view(written.data(), written.size()));
}

std::shared_ptr<const AccessToken> decodeToken(std::string_view text) {
  if (text.starts_with(byteOrderMark)) text.remove_prefix(byteOrderMark.size());
  WipedRoom memory(memoryForParsing), stack(memoryForParsing);
  json::static_resource resource(memory.data(), memory.size());
  json::parse_options options;
  options.max_depth = 1;
  std::optional<json::value> document;
  try {
    json::parser parser(&resource, options, stack.data(), stack.size());
    parser.reset(&resource);
    boost::system::error_code ec;
    parser.write(text.data(), text.size(), ec);
    if (ec) return nullptr;
    document.emplace(parser.release());
  } catch (const std::bad_alloc&) {
    return nullptr;  // the text needs more memory than memoryForParsing, and the parser gets no more
  }
  const json::object* object = document->if_object();
  return object != nullptr ? tokenOf(*object) : nullptr;
}

}  // namespace box::inline v0_1
